import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { createLocalFetch, type LocalFetch } from '../../../../src/platform/localFetch.js'
import { createTransport, type TransportOptions } from '../../../../src/providers/shared/transport.js'
import { createProviderContext } from '../../../fakes/providerContext.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const megabyte = 1024 * 1024
const json = { 'content-type': 'application/json' }

/** Arrays in each other. */
function nested(levels: number): string {
  return `${'['.repeat(levels)}"${'x'.repeat(400)}"${']'.repeat(levels)}`
}

describe('documents', () => {
  const server = useWireServer()
  let local: LocalFetch
  before(() => void (local = createLocalFetch()))
  after(() => local.dispose())

  const open = (kind: TransportOptions['kind']) =>
    createTransport(
      createProviderContext({ provider: 'x', baseUrl: server.origin, localFetch: local.fetch }),
      { provider: { id: 'x', name: 'X', location: 'local' }, kind },
    )

  for (const [kind, limit] of [
    ['list', 16],
    ['document', 64],
  ] as const) {
    it(`are read up to ${limit} MB: ${kind}`, async () => {
      const size = limit * megabyte - 1024
      server.answer({ headers: json, body: `"${'x'.repeat(size)}"` })
      assert.equal(String(await open(kind).json('models')).length, size)
    }).timeout(20_000)

    for (const encoding of ['identity', 'gzip']) {
      it(`are refused beyond ${limit} MB, and the connection is closed: ${kind}, ${encoding}`, async () => {
        const text = `"${'x'.repeat(limit * megabyte)}"`
        const body = encoding === 'gzip' ? gzipSync(text) : text
        server.answer({ headers: { ...json, 'content-encoding': encoding }, body })
        await assert.rejects(open(kind).json('models'), {
          code: 'provider-error',
          message: new RegExp(`sent more than ${limit} MB in one piece`),
        })
        await server.idle()
      }).timeout(20_000)
    }
  }

  it('may be nested 200 levels deep, and not deeper', async () => {
    server.answer({ headers: json, body: nested(200) })
    assert.ok(Array.isArray(await open('list').json('models')))
    for (const levels of [201, 100_000]) {
      server.answer({ headers: json, body: nested(levels) })
      await assert.rejects(open('list').json('models'), {
        code: 'provider-error',
        message: /nested more than 200 levels deep/,
      })
    }
  })

  for (const [format, type, line] of [
    [undefined, 'text/event-stream', (text: string) => `data: ${text}\n\n`],
    ['lines', 'application/x-ndjson', (text: string) => `{"a":${text}}\n`],
  ] as const) {
    it(`events may not be nested deeper either: ${type}`, async () => {
      const options = format === undefined ? {} : { format }
      const seen: unknown[] = []
      const body = line(nested(150)) + line(nested(100_000))
      server.answer({ headers: { 'content-type': type }, body })
      const stream = await open('chat').stream('/chat', {}, options)
      await assert.rejects(
        async () => {
          while (await stream.read((event) => void seen.push(event)));
        },
        { code: 'provider-error', message: /nested more than 200 levels deep/ },
      )
      assert.equal(seen.length, 1)
      await server.idle()
    })
  }
})
