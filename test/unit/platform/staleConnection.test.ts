import assert from 'node:assert/strict'
import type { FetchInit, HttpAnswer } from '../../../src/core/ports.js'
import { createLocalFetch, type LocalFetch } from '../../../src/platform/localFetch.js'
import {
  type ClosingServer,
  createClosingServer,
  keptAnswer,
  type SocketRequest,
} from '../../fakes/closingServer.js'

const requestsAtAll = 200
const post: FetchInit = { method: 'POST', body: JSON.stringify({ text: 'größer'.repeat(200) }) }

async function textOf({ body }: HttpAnswer): Promise<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read())
    text += decoder.decode(next.value, { stream: true })
  return text
}

/** Answers whole, and ends the connection right behind the answer although the headers promise to keep it. */
function closeBehind({ socket, body }: SocketRequest): void {
  socket.end(keptAnswer(JSON.stringify({ sent: body.length })))
}

describe('a kept connection that its server closes', () => {
  let server: ClosingServer
  let local: LocalFetch
  const serve = async (answer: (request: SocketRequest) => void) =>
    void (server = await createClosingServer(answer))
  const ask = async (init: FetchInit = {}) => textOf(await local.fetch(server.origin, init))
  beforeEach(() => void (local = createLocalFetch()))
  afterEach(async () => {
    local.dispose()
    await server.close()
  })

  for (const [name, init] of [
    ['GET', {}],
    ['POST', post],
  ] as const) {
    it(`fails none of ${requestsAtAll} ${name} requests in a row`, async () => {
      await serve(closeBehind)
      for (let count = 0; count < requestsAtAll; count++) await ask(init)
      assert.ok(server.requests.every(({ body }) => body === (init.body ?? '')))
    })

    it(`fails none of ${requestsAtAll} ${name} requests at once`, async () => {
      await serve(closeBehind)
      for (let round = 0; round < 10; round++)
        await Promise.all(Array.from({ length: requestsAtAll / 10 }, () => ask(init)))
      assert.ok(server.requests.every(({ body }) => body === (init.body ?? '')))
    })

    /** Every second request finds a kept connection, and loses it: without a second sending each would fail. */
    it(`sends a ${name} once more, whole, on a new connection`, async () => {
      await serve(({ socket, turn, body }) => {
        if (turn > 0) socket.destroy()
        else socket.write(keptAnswer(JSON.stringify({ sent: body.length })))
      })
      for (let count = 0; count < 20; count++) {
        await ask(init)
        await new Promise((resolve) => setImmediate(resolve))
      }
      const lost = server.requests.filter(({ turn }) => turn > 0)
      assert.equal(lost.length > 0, true)
      assert.equal(server.requests.length, 20 + lost.length)
      assert.ok(server.requests.every(({ body }) => body === (init.body ?? '')))
    })
  }

  it('does not send again what fails on a new connection', async () => {
    await serve(({ socket }) => socket.destroy())
    await assert.rejects(ask(post), { code: 'ECONNRESET' })
    assert.equal(server.requests.length, 1)
  })

  it('sends again once at most', async () => {
    await serve(({ socket, index }) => {
      if (index === 0) socket.write(keptAnswer('{}'))
      else socket.destroy()
    })
    await ask()
    await new Promise((resolve) => setImmediate(resolve))
    await assert.rejects(ask(post), { code: 'ECONNRESET' })
    assert.deepEqual(
      server.requests.map(({ turn }) => turn),
      [0, 1, 0],
    )
  })

  for (const [what, bytes] of [
    ['the first byte', 'H'],
    ['the headers', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
  ] as const) {
    it(`does not send again behind ${what} of an answer`, async () => {
      await serve(({ socket, turn }) => {
        if (turn === 0) socket.write(keptAnswer('{}'))
        else socket.write(bytes, () => socket.resetAndDestroy())
      })
      await ask()
      await new Promise((resolve) => setImmediate(resolve))
      await assert.rejects(ask(post), { code: 'ECONNRESET' })
      assert.deepEqual(
        server.requests.map(({ turn }) => turn),
        [0, 1],
      )
    })
  }

  it('does not send again what was cancelled in between', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    await serve(({ socket, turn }) => {
      if (turn === 0) socket.write(keptAnswer('{}'))
      else {
        stop.abort(reason)
        socket.destroy()
      }
    })
    await ask()
    await new Promise((resolve) => setImmediate(resolve))
    await assert.rejects(ask({ ...post, signal: stop.signal }), reason)
    assert.equal(server.requests.length, 2)
  })

  it('reports the new connection as one that is being made', async () => {
    await serve(({ socket, turn }) => {
      if (turn > 0) socket.destroy()
      else socket.write(keptAnswer('{}'))
    })
    await ask()
    await new Promise((resolve) => setImmediate(resolve))
    const seen: string[] = []
    await ask({ connecting: { began: () => void seen.push('began'), done: () => void seen.push('done') } })
    assert.deepEqual(seen, ['began', 'done'])
  })
})
