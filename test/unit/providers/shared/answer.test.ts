import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { isModelError } from '../../../../src/core/errors.js'
import { type EventReader, readAnswer } from '../../../../src/providers/shared/answer.js'
import { createTransport } from '../../../../src/providers/shared/transport.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { createProviderContext } from '../../../fakes/providerContext.js'
import { createWireServer, type Step, type WireServer } from '../../../fakes/wireServer.js'

const counted = {
  inputTokens: 7,
  outputTokens: 5,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningOutputTokens: 0,
  accuracy: 'exact',
} as const

/** Each event is a number; 0 is the end, 13 a failure, and 7 a count of tokens. */
function createReader(): EventReader {
  let told = false
  let usage: typeof counted | undefined
  return {
    isTold: () => told,
    usage: () => usage,
    read(event): readonly ResponsePart[] {
      if (event === 13) throw new TypeError('thirteen')
      if (event === 0) told = true
      if (event === 7) usage = counted
      return [{ type: 'text', text: String(event) }]
    },
  }
}

describe('the parts of an answer', () => {
  let server: WireServer
  let clock: ManualClock
  beforeEach(async () => {
    server = await createWireServer()
    clock = createManualClock()
  })
  afterEach(() => server.close())

  async function open(body: string | readonly Step[], options: { readonly afterEndMs?: number } = {}) {
    server.answer({ headers: { 'content-type': 'text/event-stream' }, body })
    const context = createProviderContext({ provider: 'x', baseUrl: server.origin, clock })
    const transport = createTransport(context, {
      provider: { id: 'x', name: 'X', location: 'cloud' },
      kind: 'chat',
    })
    const stream = await transport.stream('/chat', {})
    return readAnswer(stream, createReader(), { transport, ...options })
  }

  async function read(body: string | readonly Step[]) {
    const batches: string[][] = []
    try {
      for await (const batch of await open(body))
        batches.push(batch.map((part) => (part.type === 'text' ? part.text : part.type)))
    } catch (error) {
      return { texts: batches.flat(), code: isModelError(error) ? error.code : String(error) }
    }
    return { texts: batches.flat(), code: undefined }
  }

  it('are all that came before a failure, though they came with it', async () => {
    assert.deepEqual(await read('data: 1\n\ndata: 2\n\ndata: 13\n\n'), {
      texts: ['1', '2'],
      code: 'provider-error',
    })
    assert.deepEqual(await read('data: 1\n\ndata: {broken\n\n'), { texts: ['1'], code: 'incomplete' })
  })

  it('tell what was counted before a failure, and before an end that came too early', async () => {
    for (const body of ['data: 7\n\ndata: 13\n\n', 'data: 7\n\ndata: {broken\n\n', 'data: 7\n\n'])
      assert.deepEqual((await read(body)).texts, ['7', 'usage'])
    assert.deepEqual((await read('data: 7\n\ndata: 0\n\n')).texts, ['7', '0'])
  })

  it('are complete where the connection is lost behind the end, and not before', async () => {
    const lost = (text: string): readonly Step[] => [{ write: text }, { reset: true }]
    assert.deepEqual(await read(lost('data: 1\n\ndata: 0\n\n')), { texts: ['1', '0'], code: undefined })
    assert.deepEqual(await read(lost('data: 1\n\n')), { texts: ['1'], code: 'incomplete' })
  })

  it('wait for nothing that follows the end where nothing is said, and let the connection end by itself', async () => {
    const rest = Promise.withResolvers<void>()
    const batches = await open([{ write: 'data: 0\n\n' }, { until: rest.promise }, { write: 'data: 7\n\n' }])
    assert.deepEqual((await batches.next()).value, [{ type: 'text', text: '0' }])
    assert.equal((await batches.next()).done, true)
    assert.equal(server.openExchanges(), 1)
    rest.resolve()
    await server.idle()
    assert.equal(server.openSockets(), 1)
  })

  it('leave a connection that does not end behind them after a second', async () => {
    const batches = await open([{ write: 'data: 0\n\n' }, { stall: true }])
    for await (const _ of batches);
    assert.equal(server.openExchanges(), 1)
    await clock.advance(1_000)
    await server.idle()
    assert.equal(clock.sleeping(), 0)
  })

  it('wait no longer than is said for what follows the end', async () => {
    const batches = await open([{ write: 'data: 0\n\n' }, { stall: true }], { afterEndMs: 1_000 })
    assert.deepEqual((await batches.next()).value, [{ type: 'text', text: '0' }])
    const seen = { isOver: false }
    const last = batches.next().finally(() => void (seen.isOver = true))
    await clock.advance(999)
    assert.equal(seen.isOver, false)
    await clock.advance(1)
    assert.equal((await last).done, true)
    await server.idle()
  })

  it('close the connection when their reader leaves', async () => {
    for await (const _ of await open([{ write: 'data: 1\n\n' }, { stall: true }])) break
    await server.idle()
    assert.equal(server.openExchanges(), 0)
  })
})
