import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import type { EventStream } from '../../../../src/providers/shared/eventStream.js'
import { createTransport, type TransportOptions } from '../../../../src/providers/shared/transport.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { createProviderContext, type ProviderContextOptions } from '../../../fakes/providerContext.js'
import { createWireServer, type Step, type WireServer } from '../../../fakes/wireServer.js'

const provider = { id: 'x', name: 'X', location: 'cloud' } as const
const key = 'sk-test-0123456789abcdef'
const events = { 'content-type': 'text/event-stream' }

describe('createTransport', () => {
  let server: WireServer
  beforeEach(async () => void (server = await createWireServer()))
  afterEach(() => server.close())

  const open = (options: Partial<TransportOptions> = {}, context: Partial<ProviderContextOptions> = {}) =>
    createTransport(
      createProviderContext({ provider: 'x', baseUrl: `${server.origin}/v1/`, key, ...context }),
      {
        provider,
        kind: 'chat',
        ...options,
      },
    )
  const readAll = async (stream: EventStream): Promise<readonly unknown[]> => {
    const taken: unknown[] = []
    while (await stream.read((event) => void taken.push(event)));
    return taken
  }

  for (const [baseUrl, what] of [
    [undefined, /has no base URL/],
    ['', /has no base URL/],
    ['ftp://x.example', /does not start with http/],
    ['file:///etc/passwd', /does not start with http/],
    ['not a url', /does not start with http/],
    ['https://user:secret@x.example', /user name or password/],
  ] as const) {
    it(`refuses the base URL ${baseUrl ?? '(none)'} and does not print a password`, () => {
      const context = createProviderContext({ provider: 'x', ...(baseUrl === undefined ? {} : { baseUrl }) })
      assert.throws(
        () => createTransport(context, { provider, kind: 'chat' }),
        (error: Error) => what.test(error.message) && !error.message.includes('secret'),
      )
    })
  }

  it('sends nothing to another origin, whatever a row of data asks', async () => {
    const other = await createWireServer()
    try {
      for (const address of [
        other.origin,
        server.origin.replace('127.0.0.1', 'localhost'),
        'https://api.openai.com/v1',
      ]) {
        await assert.rejects(open().stream(`${address}/v1/chat`, {}), {
          code: 'invalid-request',
        })
      }
      assert.equal(other.requests.length + server.requests.length, 0)
    } finally {
      await other.close()
    }
  })

  it('sets the key where it belongs, and says nothing of the machine', async () => {
    server.answer({ headers: events })
    await readAll(await open({ headers: { 'anthropic-version': '2026-10-21' } }).stream('/chat', { a: 1 }))
    await readAll(await open({ authorization: 'x-api-key' }).stream('/chat', {}))
    const [first, second] = server.requests.map((request) => request.headers)
    assert.deepEqual([server.requests[0]?.path, server.requests[0]?.body], ['/v1/chat', '{"a":1}'])
    assert.equal(first?.['authorization'], `Bearer ${key}`)
    assert.equal(first?.['user-agent'], 'roundhouse')
    assert.equal(first?.['anthropic-version'], '2026-10-21')
    assert.equal(first?.['content-type'], 'application/json')
    assert.equal(first?.['accept'], 'text/event-stream')
    assert.equal(first?.['x-api-key'], undefined)
    assert.deepEqual([second?.['x-api-key'], second?.['authorization']], [key, undefined])
  })

  it('sends no authorization where there is no key', async () => {
    server.answer({ headers: events })
    const context = createProviderContext({ provider: 'x', baseUrl: server.origin })
    const transport = createTransport(context, { provider, kind: 'chat' })
    await readAll(await transport.stream('/chat', {}))
    assert.equal(server.requests[0]?.headers['authorization'], undefined)
  })

  it('refuses a key that no header can carry, without printing it', async () => {
    for (const bad of [`${key}\n`, 'schlüssel-0123456789', `${key} ${key}`]) {
      await assert.rejects(open({}, { key: bad }).json('models'), (error: Error) => {
        assert.match(error.message, /Enter it again/)
        return !error.message.includes(bad.trim())
      })
    }
  })

  it('sends the headers of the connection, and refuses those that would break the request', async () => {
    server.answer({ headers: { 'content-type': 'application/json' }, body: '{}' })
    await open({ kind: 'list' }, { fields: { headers: { 'x-team': 'blue' } } }).json('models')
    assert.equal(server.requests[0]?.headers['x-team'], 'blue')
    for (const headers of [
      { host: 'evil.example' },
      { 'content-length': '1' },
      { 'bad name': 'x' },
      { 'x-a': 'b\r\nx-c: d' },
    ]) {
      await assert.rejects(open({}, { fields: { headers } }).json('models'), { code: 'invalid-request' })
    }
    assert.equal(server.requests.length, 1)
  })

  it('keeps secret header values out of errors', async () => {
    server.answer({ status: 400, body: '{"error":{"message":"bad token blue-team-token-77"}}' })
    const transport = open({}, { fields: { headers: { 'x-token': 'blue-team-token-77' } } })
    await assert.rejects(
      transport.json('models'),
      (error: Error) => !error.message.includes('blue-team-token-77'),
    )
  })

  it('gives up after three redirects within the origin', async () => {
    server.answer(({ path }) => ({ status: 307, headers: { location: `${path}x` } }))
    await assert.rejects(open().json('models'), /redirect/)
    assert.equal(server.requests.length, 4)
  })

  it('stops at an event over 16 MB and closes the connection', async () => {
    const steps: Step[] = [
      { write: 'data: ' },
      ...Array.from({ length: 17 }, () => ({ write: 'x'.repeat(1024 * 1024) })),
      { stall: true },
    ]
    server.answer({ headers: events, body: steps })
    await assert.rejects(async () => readAll(await open().stream('/chat', {})), /more than 16 MB/)
    await server.idle()
  }).timeout(10_000)

  it('names an error by its status though its body never ends', async () => {
    server.answer({
      status: 429,
      headers: { 'retry-after': '3' },
      body: [{ write: '{"error":' }, { stall: true }],
    })
    const clock = createManualClock()
    const failed = assert.rejects(open({}, { clock }).json('models'), {
      code: 'rate-limited',
      retryAfterMs: 3000,
    })
    await until(() => server.requests.length === 1)
    for (let turn = 0; turn < 20; turn++) await settle()
    await clock.advance(10_000)
    await failed
    await server.idle()
  })

  it('lets pings keep a stream alive, but not for ever', async () => {
    const clock = createManualClock()
    let ping: () => void = () => undefined
    const next = () => new Promise<void>((resolve) => void (ping = resolve))
    const steps: Step[] = Array.from({ length: 40 }, (): Step[] => [
      { write: ': ping\n\n' },
      {
        get until() {
          return next()
        },
      },
    ]).flat()
    server.answer({ headers: events, body: steps })
    const stream = await open({}, { clock }).stream('/chat', {})
    const seen: { failure?: unknown; reads: number } = { reads: 0 }
    const reading = (async () => {
      while (await stream.read(() => undefined)) seen.reads++
    })().catch((thrown: unknown) => void (seen.failure = thrown))
    let passed = 0
    while (seen.failure === undefined && passed < 1_200_000) {
      const before = seen.reads
      ping()
      await until(() => seen.reads > before || seen.failure !== undefined)
      await clock.advance(60_000)
      passed += 60_000
    }
    await reading
    assert.ok(seen.failure instanceof Error && 'code' in seen.failure && seen.failure.code === 'timeout')
    assert.ok(passed >= 540_000 && passed <= 660_000, `${passed} ms`)
  })

  it('does not blame the server for a reader that is slow', async () => {
    const clock = createManualClock()
    server.answer({
      headers: events,
      body: [{ write: 'data: 1\n\n' }, { write: 'data: 2\n\n' }, { write: 'data: 3\n\n' }],
    })
    const stream = await open({}, { clock }).stream('/chat', {})
    const taken: unknown[] = []
    while (await stream.read((event) => void taken.push(event))) await clock.advance(3_600_000)
    assert.deepEqual(taken, [1, 2, 3])
    assert.equal(clock.sleeping(), 0)
  })

  it('waits as long as the connection says', async () => {
    const clock = createManualClock()
    server.answer({ silent: true })
    const failed = assert.rejects(
      open({ kind: 'chat' }, { clock, fields: { timeoutSeconds: 5 } }).stream('/chat', {}),
      /nothing for 5 seconds/,
    )
    await until(() => server.requests.length === 1)
    await clock.advance(5000)
    await failed
  })

  it('uses a connection again after the end marker was read', async () => {
    server.answer({ headers: events, body: 'data: 1\n\ndata: [DONE]\n\n' })
    for (let count = 0; count < 5; count++) {
      const stream = await open().stream('/chat', {})
      await stream.read(() => undefined)
      assert.equal(stream.sawDone(), true)
      stream.close()
      await server.idle()
      await settle()
    }
    assert.equal(server.openSockets(), 1)
  })

  it('says that the request was cancelled, or what the caller gave as the reason', async () => {
    server.answer({ silent: true })
    const reason = new ModelError({ code: 'budget-exceeded', message: 'The budget is spent. Raise it.' })
    for (const [given, code] of [
      ['because', 'cancelled'],
      [reason, 'budget-exceeded'],
    ] as const) {
      const stop = new AbortController()
      server.clear()
      const failed = assert.rejects(open({}, { signal: stop.signal }).json('models'), { code })
      await until(() => server.requests.length === 1)
      stop.abort(given)
      await failed
    }
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await settle()
}
