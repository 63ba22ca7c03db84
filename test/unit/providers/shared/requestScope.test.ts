import assert from 'node:assert/strict'
import type { FetchInit } from '../../../../src/core/ports.js'
import type { Connection } from '../../../../src/core/provider.js'
import { createLocalFetch } from '../../../../src/platform/localFetch.js'
import { createWatchedFetch } from '../../../../src/platform/watchedFetch.js'
import { createTransport } from '../../../../src/providers/shared/transport.js'
import { createFullServer, createMuteServer } from '../../../fakes/deafServers.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { createProviderContext, type ProviderContextOptions } from '../../../fakes/providerContext.js'
import { createWireServer } from '../../../fakes/wireServer.js'

const second = 1000

function ask(
  baseUrl: string,
  context: Partial<ProviderContextOptions>,
  location: 'cloud' | 'local' = 'cloud',
): Promise<unknown> {
  const transport = createTransport(createProviderContext({ provider: 'x', baseUrl, ...context }), {
    provider: { id: 'x', name: 'X', location },
    kind: 'chat',
  })
  return transport.stream('/chat', {})
}

describe('a connection that is never made', () => {
  for (const [fields, seconds] of [
    [{}, 10],
    [{ connectTimeoutSeconds: 3 }, 3],
    [{ connectTimeoutSeconds: 25 }, 25],
  ] as const satisfies readonly (readonly [Connection['fields'], number])[]) {
    it(`is given up after ${seconds} seconds on this machine (${JSON.stringify(fields)})`, async () => {
      const full = await createFullServer()
      const local = createLocalFetch()
      const clock = createManualClock()
      const began = Promise.withResolvers<void>()
      const localFetch = watching(local.fetch, () => began.resolve())
      const asked = ask(`http://127.0.0.1:${full.port}`, { clock, localFetch, fields })
      const failed = assert.rejects(asked, (error: Error & { code?: string }) => {
        assert.match(error.message, new RegExp(`accepted no connection within ${seconds} seconds`))
        return error.code === 'timeout'
      })
      await began.promise
      await clock.advance(seconds * second - 1)
      assert.ok(clock.sleeping() > 0, 'it was given up too early')
      await clock.advance(1)
      await failed
      local.dispose()
      await full.close()
    })
  }

  it('is given up sooner than the platform does where a connection to a cloud says so', async () => {
    const mute = await createMuteServer()
    const watched = createWatchedFetch((input, init) => fetch(input, init))
    const clock = createManualClock()
    const began = Promise.withResolvers<void>()
    const asked = ask(`https://127.0.0.1:${mute.port}`, {
      clock,
      fetch: watching(watched.fetch, () => began.resolve()),
      fields: { connectTimeoutSeconds: 2 },
    })
    const failed = assert.rejects(asked, { code: 'timeout', message: /no connection within 2 seconds/ })
    await began.promise
    await clock.advance(2 * second)
    await failed
    watched.dispose()
    await mute.close()
  })

  it('is told in its own words where the platform gives it up', async () => {
    const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' })
    const asked = ask('https://api.example', {
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause })),
    })
    await assert.rejects(asked, {
      code: 'timeout',
      retryable: true,
      message: /api\.example accepted no connection in time\. Check the network/,
    })
  })
})

describe('a connection that is made', () => {
  it('leaves the first byte its own time, and is not limited again when it is used again', async () => {
    const server = await createWireServer()
    const local = createLocalFetch()
    const clock = createManualClock()
    const context = { clock, localFetch: local.fetch, fields: { firstByteTimeoutSeconds: 30 } }
    server.answer({ headers: { 'content-type': 'text/event-stream' }, body: 'data: 1\n\ndata: [DONE]\n\n' })
    await ask(server.origin, context, 'local')
    server.answer({ silent: true })
    server.clear()
    const failed = assert.rejects(ask(server.origin, context, 'local'), {
      code: 'timeout',
      message: /sent nothing for 30 seconds/,
    })
    await server.received(() => true)
    await clock.advance(29 * second)
    await settle()
    assert.equal(server.openExchanges() > 0, true)
    await clock.advance(second)
    await failed
    local.dispose()
    await server.close()
  })
})

/** Tells of the beginning of a connection, after whoever else is told. */
function watching<Input, Answer>(
  plain: (input: Input, init?: FetchInit) => Promise<Answer>,
  onBegin: () => void,
) {
  return (input: Input, init: FetchInit = {}): Promise<Answer> => {
    const { connecting } = init
    if (connecting === undefined) return plain(input, init)
    const told = {
      began() {
        connecting.began()
        onBegin()
      },
      done: () => connecting.done(),
    }
    return plain(input, { ...init, connecting: told })
  }
}
