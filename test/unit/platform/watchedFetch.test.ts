import assert from 'node:assert/strict'
import { createWatchedFetch, type WatchedFetch } from '../../../src/platform/watchedFetch.js'
import { createMuteServer } from '../../fakes/deafServers.js'
import { createWireServer, type WireServer } from '../../fakes/wireServer.js'

/** Node's own fetch, watched. */
describe('the watched fetch', () => {
  let server: WireServer
  let watched: WatchedFetch
  beforeEach(async () => {
    server = await createWireServer()
    watched = createWatchedFetch((input, init) => fetch(input, init))
  })
  afterEach(async () => {
    watched.dispose()
    await server.close()
  })

  function recorder() {
    const told: string[] = []
    const began = Promise.withResolvers<void>()
    const connecting = {
      began() {
        told.push('began')
        began.resolve()
      },
      done: () => void told.push('done'),
    }
    return { told, began: began.promise, connecting }
  }

  it('tells when a connection is asked for, and when it is there', async () => {
    server.answer({ body: 'fine' })
    const { told, connecting } = recorder()
    const response = await watched.fetch(server.origin, { method: 'POST', body: 'a', connecting })
    assert.equal(await response.text(), 'fine')
    assert.deepEqual(told, ['began', 'done'])
    assert.equal(server.requests[0]?.body, 'a')
  })

  it('tells each of several callers of its own connection alone', async () => {
    const deaf = await createMuteServer()
    server.answer({ body: 'fine' })
    const [quick, stuck] = [recorder(), recorder()]
    const stop = new AbortController()
    const { connecting } = stuck
    const asked = watched.fetch(`https://127.0.0.1:${deaf.port}/`, { connecting, signal: stop.signal })
    await stuck.began
    await (await watched.fetch(server.origin, { connecting: quick.connecting })).text()
    stop.abort(new Error('enough'))
    await assert.rejects(asked, /enough/)
    await deaf.close()
    assert.deepEqual([quick.told, stuck.told], [['began', 'done'], ['began']])
  })

  it('tells nothing of requests that nobody watches, before and after it is disposed', async () => {
    server.answer({ body: 'fine' })
    const { told, connecting } = recorder()
    assert.equal(await (await watched.fetch(server.origin)).text(), 'fine')
    await (await watched.fetch(server.origin, { connecting })).text()
    await (await fetch(server.origin)).text()
    assert.deepEqual(told, ['began', 'done'])
    watched.dispose()
    await (await fetch(server.origin)).text()
    assert.deepEqual(told, ['began', 'done'])
  })
})
