import assert from 'node:assert/strict'
import * as zlib from 'node:zlib'
import type { HttpAnswer } from '../../../src/core/ports.js'
import { createLocalFetch, type LocalFetch } from '../../../src/platform/localFetch.js'
import { split, useWireServer } from '../../fakes/wireServer.js'

const hasZstd = 'zstdCompressSync' in zlib
const text = 'grüße '.repeat(5_000)

const encoders: Readonly<Record<string, (data: Uint8Array) => Uint8Array>> = {
  gzip: (data) => zlib.gzipSync(data),
  'x-gzip': (data) => zlib.gzipSync(data),
  br: (data) => zlib.brotliCompressSync(data),
  'deflate, as zlib has it': (data) => zlib.deflateSync(data),
  'deflate, bare': (data) => zlib.deflateRawSync(data),
  ...(hasZstd ? { zstd: (data: Uint8Array) => zlib.zstdCompressSync(data) } : {}),
}

const nameOf = (title: string): string => title.replace(/,.*/, '')

async function bytesOf({ body }: HttpAnswer): Promise<Buffer> {
  const reader = body?.getReader()
  const chunks: Uint8Array[] = []
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read())
    chunks.push(next.value)
  return Buffer.concat(chunks)
}

describe('content encodings of local servers', () => {
  const server = useWireServer()
  let local: LocalFetch
  before(() => void (local = createLocalFetch()))
  after(() => local.dispose())
  const ask = async (): Promise<Buffer> => await bytesOf(await local.fetch(server.origin))

  it('asks for none, unless the caller says otherwise', async () => {
    server.answer({ body: '{}' })
    await ask()
    await bytesOf(await local.fetch(server.origin, { headers: { 'accept-encoding': 'gzip' } }))
    assert.deepEqual(
      server.requests.map(({ headers }) => headers['accept-encoding']),
      ['identity', 'gzip'],
    )
  })

  for (const [title, encode] of Object.entries(encoders)) {
    const encoded = encode(Buffer.from(text))
    const headers = { 'content-encoding': nameOf(title) }

    it(`decodes ${title}, in pieces of any size`, async () => {
      for (const body of [encoded, split(encoded, 7)]) {
        server.answer({ headers, body })
        assert.equal((await ask()).toString(), text)
      }
    })

    it(`takes an empty body for an empty one: ${title}`, async () => {
      server.answer({ headers, body: '' })
      assert.equal((await ask()).length, 0)
    })

    it(`fails for a body cut in the middle, or damaged: ${title}`, async () => {
      const half = encoded.subarray(0, encoded.length - 3)
      for (const body of [
        half,
        [{ write: half }, { reset: true }],
        [{ write: encoded.subarray(0, 9) }],
      ] as const) {
        server.answer({ headers, body })
        await assert.rejects(ask())
      }
      server.answer({ headers, body: 'this is not compressed at all' })
      await assert.rejects(ask())
      await server.idle()
    })

    it(`uses the connection again behind ${title}`, async () => {
      server.answer({ headers, body: encoded })
      for (let count = 0; count < 5; count++) {
        await ask()
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.equal(server.openSockets(), 1)
    })

    it(`expands no more than is read: ${title}`, async () => {
      const bomb = encode(Buffer.alloc(24 * 1024 * 1024))
      assert.ok(bomb.length < 100_000)
      server.answer({ headers, body: bomb })
      const before = process.memoryUsage().arrayBuffers
      const reader = (await local.fetch(server.origin)).body?.getReader()
      await reader?.read()
      for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
      const grown = process.memoryUsage().arrayBuffers - before
      assert.ok(grown < 8 * 1024 * 1024, `${grown} bytes`)
      await reader?.cancel()
      await server.idle()
    })
  }

  for (const [title, createEncoder] of [
    ['gzip', () => zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH })],
    ['deflate', () => zlib.createDeflateRaw({ flush: zlib.constants.Z_SYNC_FLUSH })],
    ['br', () => zlib.createBrotliCompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH })],
    ...(hasZstd
      ? [['zstd', () => zlib.createZstdCompress({ flush: zlib.constants.ZSTD_e_flush })] as const]
      : []),
  ] as const) {
    it(`streams: hands over each event of ${title} before the next is sent`, async () => {
      const encoder = createEncoder()
      const flushed = async (event: string): Promise<Uint8Array> => {
        encoder.write(event)
        const [chunk] = await new Promise<[Uint8Array]>((resolve) =>
          encoder.once('data', (piece: Uint8Array) => resolve([piece])),
        )
        return chunk
      }
      const seen = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
      const events = ['data: {"a":1}\n\n', 'data: {"b":2}\n\n'] as const
      server.answer({
        headers: { 'content-encoding': title },
        body: [
          { write: await flushed(events[0]) },
          { until: seen[0].promise },
          { write: await flushed(events[1]) },
          { until: seen[1].promise },
          { reset: true },
        ],
      })
      const reader = (await local.fetch(server.origin)).body?.getReader()
      for (const [index, event] of events.entries()) {
        assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), event)
        seen[index]?.resolve()
      }
      await assert.rejects(async () => reader?.read())
    })
  }

  it('undoes several encodings in their order, in one header or in two', async () => {
    const body = zlib.brotliCompressSync(zlib.deflateRawSync(zlib.gzipSync(text)))
    for (const encodings of ['gzip, DEFLATE , identity, br', ['gzip', 'deflate,br']]) {
      server.answer({ headers: { 'content-encoding': encodings }, body })
      assert.equal((await ask()).toString(), text)
    }
    server.answer({
      headers: { 'content-encoding': 'gzip, br' },
      body: zlib.brotliCompressSync(zlib.gzipSync(text).subarray(0, 40)),
    })
    await assert.rejects(ask())
  })

  it('refuses an encoding that it does not know, and more than four, and closes the connection', async () => {
    for (const name of ['compress', 'sdch', 'gzip, constructor', 'gzip, gzip, gzip, gzip, gzip']) {
      server.answer({ headers: { 'content-encoding': name }, body: [{ write: 'x' }, { stall: true }] })
      await assert.rejects(ask(), { code: 'ERR_CONTENT_ENCODING' })
      await server.idle()
    }
  })

  it('needs no encoding where a status has no body', async () => {
    server.answer({ status: 204, headers: { 'content-encoding': 'unheard-of' } })
    assert.equal((await local.fetch(server.origin)).body, null)
  })

  it('stops with the reason of the signal', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    server.answer({
      headers: { 'content-encoding': 'gzip' },
      body: [{ write: zlib.gzipSync(text).subarray(0, 40) }, { stall: true }],
    })
    const answer = await local.fetch(server.origin, { signal: stop.signal })
    const reading = bytesOf(answer)
    stop.abort(reason)
    await assert.rejects(reading, reason)
    await server.idle()
  })
})
