import assert from 'node:assert/strict'
import type { Catalog } from '../../../../src/core/catalog/catalog.js'
import { isModelError, ModelError } from '../../../../src/core/errors.js'
import {
  type ChatProbe,
  type ConnectionTest,
  type TestStep,
  testConnection,
} from '../../../../src/core/registry/testConnection.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

const refused = new ModelError({ code: 'unauthorized', message: 'Wrong key.' })
const answer = [
  { type: 'wait', ms: 30 },
  { type: 'text', text: 'Hello' },
  { type: 'wait', ms: 500 },
  { type: 'finish', reason: 'length' },
] as const

interface Given {
  readonly key?: string
  /** Whether the list is given to anybody. */
  readonly isPublic?: boolean
  readonly location?: 'cloud' | 'local'
  readonly listMs?: number
  readonly test?: Partial<ConnectionTest>
  readonly agree?: boolean
}

function setUp({ isPublic = false, location = 'cloud', listMs = 0, ...given }: Given = {}) {
  const clock = createManualClock()
  const provider = createScriptedProvider({ location, key: { required: location === 'cloud' } })
  provider.answerLists([
    { id: 'dear', pricing: { input: 9, output: 9 } },
    { id: 'cheap', pricing: { input: 1, output: 1 } },
  ])
  provider.answerChats(answer)
  const listModels = provider.listModels.bind(provider)
  provider.listModels = async (context) => {
    await context.clock.sleep(listMs, context.signal)
    const models = await listModels(context)
    if (context.key === undefined && !isPublic) throw refused
    return models
  }
  const caller = new AbortController()
  const asked: ChatProbe[] = []
  const steps: TestStep[] = []
  const run = () =>
    testConnection({
      connection: createConnection(),
      provider,
      key: 'key' in given ? given.key : 'new-key',
      ports: createProviderPorts(clock),
      signal: caller.signal,
      onStep: (step) => void steps.push(step),
      ...(given.agree === undefined
        ? {}
        : {
            mayChat: async (probe) => {
              asked.push(probe)
              return given.agree ?? false
            },
          }),
      ...given.test,
    })
  return { clock, provider, caller, run, asked, steps }
}

async function finish<T>(clock: ReturnType<typeof createManualClock>, result: Promise<T>): Promise<T> {
  result.catch(() => undefined)
  await clock.advance(5_000)
  return await result
}

describe('connection test', () => {
  it('tells how long the list took, how many models there are, and that the key is right', async () => {
    const { clock, provider, run, steps } = setUp({ listMs: 120 })
    assert.deepEqual(await finish(clock, run()), { latencyMs: 120, modelCount: 2, key: 'proven' })
    assert.deepEqual(
      provider.lists.map(({ key }) => key),
      ['new-key', undefined],
    )
    assert.deepEqual([steps, provider.chats.length], [['list'], 0])
  })

  it('counts the models of a list that are left out', async () => {
    const { clock, provider, run } = setUp()
    provider.answerLists(Array.from({ length: 20_002 }, (_, index) => ({ id: `m${index}` })))
    const { modelCount, leftOut } = await finish(clock, run())
    assert.deepEqual([modelCount, leftOut], [20_000, 2])
  })

  it('asks for a key before it asks the server', async () => {
    const { provider, run } = setUp({ test: { key: undefined } })
    await assert.rejects(run(), (error) => isModelError(error) && error.code === 'unauthorized')
    assert.equal(provider.lists.length, 0)
  })

  it('passes on what the server says of the key', async () => {
    const { clock, provider, run, steps } = setUp()
    provider.answerLists({ type: 'fail', error: refused })
    await assert.rejects(finish(clock, run()), /Wrong key\./)
    assert.deepEqual(steps, ['list'])
  })

  it('calls a key unproven whose list anybody gets, or whose proof failed by chance', async () => {
    const open = setUp({ isPublic: true })
    assert.equal((await finish(open.clock, open.run())).key, 'unproven')
    const shaky = setUp()
    const broken = new ModelError({ code: 'unreachable', message: 'Gone.' })
    shaky.provider.answerLists([{ id: 'a' }], { type: 'fail', error: broken })
    assert.equal((await finish(shaky.clock, shaky.run())).key, 'unproven')
  })

  it('can be cancelled and ends by itself after 15 s', async () => {
    const cancelled = setUp()
    cancelled.provider.answerLists({ type: 'hang' })
    const first = assert.rejects(
      cancelled.run(),
      (error) => isModelError(error) && error.code === 'cancelled',
    )
    await cancelled.clock.advance(5)
    cancelled.caller.abort()
    await first

    const slow = setUp()
    slow.provider.answerLists({ type: 'hang' })
    const second = assert.rejects(slow.run(), (error) => isModelError(error) && error.code === 'timeout')
    await slow.clock.advance(15_000)
    await second
  })
})

describe('the one token of a connection test', () => {
  it('is asked of the cheapest model where the list proves nothing and the user agrees', async () => {
    const { clock, provider, run, asked, steps } = setUp({ isPublic: true, agree: true })
    const { chat } = await finish(clock, run())
    assert.deepEqual(chat, { model: 'cheap', latencyMs: 30 })
    assert.deepEqual(
      asked.map(({ model, key }) => [model.id, key]),
      [['cheap', 'unproven']],
    )
    const [call] = provider.chats
    assert.deepEqual(call?.request.parameters, { maxOutputTokens: 1 })
    assert.deepEqual([call?.context.key, provider.open(), steps], ['new-key', 0, ['list', 'chat']])
  })

  it('is never asked of a cloud without the user’s word', async () => {
    for (const given of [{ agree: false }, {}]) {
      const { clock, provider, run } = setUp({ isPublic: true, ...given, test: { chat: 'always' } })
      assert.equal((await finish(clock, run())).chat, undefined)
      assert.equal(provider.chats.length, 0)
    }
  })

  it('is not even asked about where the list proves the key, unless it is wanted', async () => {
    const proven = setUp({ agree: true, test: { chat: 'whenFree' } })
    assert.equal((await finish(proven.clock, proven.run())).chat, undefined)
    assert.equal(proven.asked.length, 0)
    const wanted = setUp({ agree: true, test: { chat: 'always' } })
    assert.equal((await finish(wanted.clock, wanted.run())).chat?.model, 'cheap')
  })

  it('is asked of a local model freely where that is wanted, and not otherwise', async () => {
    const local = setUp({
      location: 'local',
      agree: false,
      test: { key: undefined, chat: 'whenFree' },
      isPublic: true,
    })
    assert.notEqual((await finish(local.clock, local.run())).chat, undefined)
    assert.equal(local.asked.length, 0)
    const quick = setUp({ location: 'local', test: { key: undefined }, isPublic: true })
    const result = await finish(quick.clock, quick.run())
    assert.deepEqual([result.key, result.chat], ['none', undefined])
  })

  it('goes by the catalogue’s prices where the list has none, and looks none up for nothing', async () => {
    let loads = 0
    const catalog: Catalog = {
      source: 'snapshot',
      version: 'c@1',
      load: async () => void loads++,
      lookup: (_place, model) => ({
        source: 'snapshot',
        facts: { pricing: { input: model === 'b' ? 1 : 5, output: 1 } },
      }),
    }
    const asking = setUp({ isPublic: true, agree: true, test: { catalogs: [catalog] } })
    asking.provider.answerLists([{ id: 'a' }, { id: 'b' }])
    assert.equal((await finish(asking.clock, asking.run())).chat?.model, 'b')
    assert.equal(loads, 1)
    const idle = setUp({ test: { catalogs: [catalog] } })
    await finish(idle.clock, idle.run())
    assert.equal(loads, 1)
  })

  it('is not asked where no model chats', async () => {
    const { clock, provider, run, asked } = setUp({ isPublic: true, agree: true })
    provider.answerLists([{ id: 'nomic-embed-text' }])
    assert.equal((await finish(clock, run())).chat, undefined)
    assert.equal(asked.length, 0)
  })

  it('becomes sixteen where an API takes no fewer', async () => {
    const { clock, provider, run } = setUp({ isPublic: true, agree: true })
    const tooFew = new ModelError({ code: 'invalid-request', message: 'At least 16.' })
    provider.answerChats([{ type: 'fail', error: tooFew }], answer)
    assert.equal((await finish(clock, run())).chat?.latencyMs, 30)
    assert.deepEqual(
      provider.chats.map(({ request }) => request.parameters?.maxOutputTokens),
      [1, 16],
    )
  })

  it('fails with what the provider says, naming the model, and shows no foreign error’s text', async () => {
    const { clock, provider, run, steps } = setUp({ isPublic: true, agree: true })
    const spent = new ModelError({ code: 'quota-exhausted', message: 'Top up.' })
    provider.answerChats([{ type: 'fail', error: spent }])
    await assert.rejects(finish(clock, run()), (error: unknown) => {
      assert.ok(isModelError(error))
      assert.deepEqual([error.code, error.message, error.model?.id], ['quota-exhausted', 'Top up.', 'cheap'])
      return true
    })
    assert.deepEqual(steps, ['list', 'chat'])
    provider.answerChats([{ type: 'fail', error: new TypeError('Bearer new-key') }])
    await assert.rejects(finish(clock, run()), (error: Error) => !error.message.includes('new-key'))
  })

  it('is answered by a model that used it up before its first word', async () => {
    const { clock, provider, run } = setUp({ isPublic: true, agree: true })
    const empty = new ModelError({ code: 'empty-response', message: 'Nothing was in it.' })
    provider.answerChats([{ type: 'fail', error: empty }])
    assert.equal((await finish(clock, run())).chat?.model, 'cheap')
  })

  it('can be cancelled while it is waited for', async () => {
    const { clock, provider, run, caller } = setUp({ isPublic: true, agree: true })
    provider.answerChats([{ type: 'hang' }])
    const failed = assert.rejects(run(), { code: 'cancelled' })
    await clock.advance(5)
    caller.abort()
    await failed
    assert.equal(provider.open(), 0)
  })
})
