import assert from 'node:assert/strict'
import type { HttpAnswer } from '../../../src/core/ports.js'
import { createLocalFetch, type LocalFetch } from '../../../src/platform/localFetch.js'
import { createWireServer, type WireServer } from '../../fakes/wireServer.js'

/** A server that ends the connection in the middle of an answer. */
const cut = [{ write: 'first' }, { reset: true }] as const

async function textOf({ body }: HttpAnswer): Promise<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read())
    text += decoder.decode(next.value, { stream: true })
  return text
}

describe('the fetch for local servers', () => {
  let server: WireServer
  let local: LocalFetch
  beforeEach(async () => {
    server = await createWireServer()
    local = createLocalFetch()
  })
  afterEach(async () => {
    local.dispose()
    await server.close()
  })

  it('sends what it is given, and answers status, headers and body', async () => {
    server.answer({ status: 418, headers: { 'x-one': 'a', 'content-type': 'text/plain' }, body: 'té' })
    const headers = new Headers({ 'x-mine': 'yes' })
    const response = await local.fetch(`${server.origin}/a?b=c`, { method: 'POST', body: '{"é":1}', headers })
    assert.deepEqual([response.status, response.ok], [418, false])
    assert.deepEqual([response.headers.get('X-One'), await textOf(response)], ['a', 'té'])
    const [request] = server.requests
    assert.deepEqual([request?.method, request?.path, request?.body], ['POST', '/a?b=c', '{"é":1}'])
    assert.equal(request?.headers['x-mine'], 'yes')
  })

  it('hands over a redirect as it is, and follows none', async () => {
    server.answer({ status: 302, headers: { location: 'http://example.test/' } })
    const response = await local.fetch(new URL(server.origin))
    assert.deepEqual([response.status, response.headers.get('location')], [302, 'http://example.test/'])
    assert.equal(server.requests.length, 1)
  })

  it('answers an empty body where a status has none', async () => {
    server.answer({ status: 204 })
    assert.equal((await local.fetch(server.origin)).body, null)
  })

  it('streams: a piece is read before the next is sent', async () => {
    const second = Promise.withResolvers<void>()
    server.answer({ body: [{ write: 'one' }, { until: second.promise }, { write: 'two' }] })
    const reader = (await local.fetch(server.origin)).body?.getReader()
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'one')
    second.resolve()
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'two')
    assert.equal((await reader?.read())?.done, true)
  })

  it('does not read ahead of a slow reader without end', async () => {
    const piece = 'x'.repeat(64 * 1024)
    let sent = 0
    const steps = Array.from({ length: 1_000 }, () => ({
      get write() {
        sent++
        return piece
      },
    }))
    server.answer({ body: steps })
    const reader = (await local.fetch(server.origin)).body?.getReader()
    await reader?.read()
    let before = -1
    // What fits into the sockets is sent, and then no more.
    while (sent !== before) {
      before = sent
      for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(sent < 900, `${sent} pieces`)
    await reader?.cancel()
    await server.idle()
  })

  it('joins a header that came twice, and knows its name in any case', async () => {
    server.answer({ headers: { 'x-two': ['a', 'b'] }, body: '' })
    const { headers } = await local.fetch(server.origin)
    assert.deepEqual(
      [headers.get('X-Two'), headers.has('X-TWO'), headers.get('x-none')],
      ['a, b', true, null],
    )
    assert.ok([...headers].some(([name, value]) => name === 'x-two' && value === 'a, b'))
  })

  it('gives what came before a failure, and then the failure', async () => {
    server.answer({ body: cut })
    const reader = (await local.fetch(server.origin)).body?.getReader()
    assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'first')
    await assert.rejects(async () => reader?.read(), { code: 'ECONNRESET' })
  })

  it('fails where the connection ends in the middle', async () => {
    server.answer({ body: cut })
    const response = await local.fetch(server.origin)
    await assert.rejects(textOf(response), { code: 'ECONNRESET' })
  })

  it('fails with the code of the operating system where nobody listens', async () => {
    const { origin } = server
    await server.close()
    await assert.rejects(local.fetch(origin), { code: 'ECONNREFUSED' })
    server = await createWireServer()
  })

  it('stops before the headers, and in the body, with the reason of the signal', async () => {
    const reason = new Error('enough')
    for (const reply of [{ silent: true }, { body: [{ write: 'one' }, { stall: true }] }] as const) {
      server.answer(reply)
      server.clear()
      const stop = new AbortController()
      const reading = local.fetch(server.origin, { signal: stop.signal }).then(textOf)
      await server.received(() => true)
      stop.abort(reason)
      await assert.rejects(reading, reason)
      await server.idle()
    }
    await assert.rejects(local.fetch(server.origin, { signal: AbortSignal.abort(reason) }), reason)
  })

  it('uses a connection again, and closes it when it is disposed', async () => {
    server.answer({ body: 'fine' })
    for (let count = 0; count < 5; count++) {
      await textOf(await local.fetch(server.origin))
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(server.openSockets(), 1)
    local.dispose()
    while (server.openSockets() > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  it('takes a text for a body, and nothing else', async () => {
    const body = new URLSearchParams({ a: 'b' })
    await assert.rejects(local.fetch(server.origin, { method: 'POST', body }), TypeError)
  })
})
