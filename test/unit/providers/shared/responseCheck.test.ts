import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { isModelError, type ModelError } from '../../../../src/core/errors.js'
import { createLocalFetch, type LocalFetch } from '../../../../src/platform/localFetch.js'
import { createTransport, type TransportOptions } from '../../../../src/providers/shared/transport.js'
import { createProviderContext } from '../../../fakes/providerContext.js'
import { type Step, useWireServer } from '../../../fakes/wireServer.js'

const kilobyte = 1024
const megabyte = 1024 * kilobyte
const key = 'blue-team-token-0123456789abcdef'

/** The platform's own fetch, and the one for servers of this machine. */
const ways = ['cloud', 'local'] as const

function nested(levels: number): string {
  return `{"error":${'['.repeat(levels - 1)}"${' '.repeat(300)}"${']'.repeat(levels - 1)}}`
}

describe('checkResponse', () => {
  const server = useWireServer()
  let local: LocalFetch
  before(() => void (local = createLocalFetch()))
  after(() => local.dispose())

  const open = (kind: TransportOptions['kind'], way: (typeof ways)[number] = 'cloud') =>
    createTransport(
      createProviderContext({
        provider: 'x',
        baseUrl: server.origin,
        key,
        ...(way === 'local' ? { localFetch: local.fetch } : {}),
      }),
      { provider: { id: 'x', name: 'X', location: way }, kind },
    )
  const fail = async (asked: Promise<unknown>): Promise<ModelError> => {
    const thrown: unknown = await asked.then(
      () => assert.fail('It did not fail.'),
      (error: unknown) => error,
    )
    assert.ok(isModelError(thrown), String(thrown))
    await server.idle()
    return thrown
  }
  /** Pieces of 64 kB, and how many of them have been sent. */
  const pieces = (count: number, first = '') => {
    const sent = { count: 0 }
    const steps = Array.from({ length: count }, (_, index): Step => {
      const text = (index === 0 ? first : '').padEnd(64 * kilobyte, 'x')
      return {
        get write() {
          sent.count++
          return text
        },
      }
    })
    return { sent, steps }
  }

  for (const way of ways) {
    it(`reads 256 kB of an error and no more (${way})`, async () => {
      const { sent, steps } = pieces(1_000)
      server.answer({ status: 500, body: steps })
      const error = await fail(open('list', way).json('models'))
      assert.deepEqual([error.code, error.status], ['provider-error', 500])
      assert.ok(sent.count < 900, `${sent.count} pieces`)
    }).timeout(10_000)

    it(`reads an error of 200 kB whole (${way})`, async () => {
      const body = JSON.stringify({ padding: 'x '.repeat(100_000), error: { message: 'Not today' } })
      server.answer({ status: 500, body })
      assert.match((await fail(open('list', way).json('models'))).message, /Not today/)
    })

    it(`reads 256 kB of a document where a stream was asked for (${way})`, async () => {
      const { sent, steps } = pieces(1_000, '{"error":"')
      server.answer({ headers: { 'content-type': 'application/json' }, body: steps })
      const error = await fail(open('chat', way).stream('/chat', {}))
      assert.match(error.message, /one document where a stream was asked for/)
      assert.ok(sent.count < 900, `${sent.count} pieces`)
    }).timeout(10_000)

    it(`refuses response headers of more than 64 kB (${way})`, async () => {
      server.answer({ headers: { 'x-a': 'a'.repeat(40_000), 'x-b': 'b'.repeat(40_000) }, body: '{}' })
      const error = await fail(open('list', way).json('models'))
      assert.equal(error.code, 'provider-error')
      assert.match(error.message, /headers of more than 64 kB.*Check the server/)
    })

    it(`shows no half of a key where an error is cut (${way})`, async () => {
      // White space is shown as one space, so that what stands at the cut is shown.
      for (const [secret, shown] of [
        [key, /blue-te/],
        // Of another account, and known by nothing but its shape.
        ['sk-other-0123456789abcdef', /sk-oth/],
      ] as const)
        for (const length of [7, 10, 14, 18, 24]) {
          const before = 'The key '.padEnd(256 * kilobyte - length)
          server.answer({ status: 500, body: `${before}${secret} and ${'more '.repeat(2_000)}` })
          const { message } = await fail(open('list', way).json('models'))
          assert.doesNotMatch(message, shown)
        }
    })
  }

  it('accepts headers of 40 kB from a local server', async () => {
    server.answer({ headers: { 'x-a': 'a'.repeat(40_000) }, body: '{}' })
    assert.deepEqual(await open('list', 'local').json('models'), {})
  })

  it('refuses headers over 64 kB that the platform’s own fetch lets through', async () => {
    const answer = new Response('{}', { headers: { 'x-a': 'a'.repeat(70_000) } })
    const context = createProviderContext({
      provider: 'x',
      baseUrl: server.origin,
      fetch: async () => answer,
    })
    const options: TransportOptions = { provider: { id: 'x', name: 'X', location: 'cloud' }, kind: 'list' }
    const error = await fail(createTransport(context, options).json('models'))
    assert.match(error.message, /headers of more than 64 kB/)
  })

  it('stops a compressed error at 256 kB of what it becomes', async () => {
    const bomb = gzipSync('x'.repeat(40 * megabyte))
    server.answer({ status: 400, headers: { 'content-encoding': 'gzip' }, body: bomb })
    const before = process.memoryUsage().arrayBuffers
    assert.equal((await fail(open('list', 'local').json('models'))).code, 'invalid-request')
    assert.ok(process.memoryUsage().arrayBuffers - before < 20 * megabyte)
  })

  it('names a compression that the platform’s own fetch cannot undo', async () => {
    server.answer({ headers: { 'content-encoding': 'compress' }, body: 'x' })
    assert.match((await fail(open('list').json('models'))).message, /compression .*Turn compression off/)
  })

  it('names an error by its status though its JSON is nested too deep', async () => {
    server.answer({ status: 429, body: nested(5_000) })
    assert.equal((await fail(open('list').json('models'))).code, 'rate-limited')
  })
})
