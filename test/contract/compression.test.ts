import assert from 'node:assert/strict'
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib'
import { createLocalFetch, type LocalFetch } from '../../src/platform/localFetch.js'
import { type Reply, useWireServer } from '../fakes/wireServer.js'
import { bodyOf, isExempt, type ReplyFixture } from './fixtures.js'
import { contextFor, folderOf, type Held, held, read, toReply } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const refuse = (): Promise<Response> => Promise.reject(new Error('Not the way to this machine.'))

/** Servers, and proxies before them, that compress though they are asked not to. */
const encoders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateRawSync } as const
type Encoding = keyof typeof encoders

function compressed(candidate: Held, fixture: ReplyFixture, encoding: Encoding): Reply {
  const reply = toReply(candidate, fixture)
  return {
    ...reply,
    headers: { ...reply.headers, 'content-encoding': encoding },
    body: encoders[encoding](bodyOf(folderOf(candidate), fixture)),
  }
}

for (const candidate of held.filter(({ provider }) => provider.location === 'local')) {
  describe(`${candidate.name}: a server that compresses its answers`, () => {
    const server = useWireServer()
    let local: LocalFetch
    before(() => void (local = createLocalFetch()))
    after(() => local.dispose())

    const { provider, fixtures } = candidate
    const context = () => contextFor(candidate, server, { fetch: refuse, localFetch: local.fetch })
    const ask = () => read(provider.chat(requestFor('text', modelOf(fixtures, provider)), context()))
    const { text } = fixtures.chats
    assert.ok(!isExempt(text))

    for (const encoding of ['gzip', 'br', 'deflate'] as const) {
      it(`is understood in its answers, lists and errors: ${encoding}`, async () => {
        server.answer(compressed(candidate, text.reply, encoding))
        assert.equal((await ask()).text, text.expect.text)
        assert.equal(server.requests[0]?.headers['accept-encoding'], 'identity')

        server.answer(({ path }) => {
          const reply = fixtures.list.replies[path]
          return reply === undefined ? undefined : compressed(candidate, reply, encoding)
        })
        assert.equal((await provider.listModels(context())).length, fixtures.list.models.length)

        const json = { error: { message: 'request (3014 tokens) exceeds the available context size' } }
        server.answer(compressed(candidate, { status: 400, json }, encoding))
        const { error } = await ask()
        assert.equal(error?.code, 'context-length')
      })
    }

    it('calls a compressed answer that is cut broken off', async () => {
      const reply = compressed(candidate, text.reply, 'gzip')
      assert.ok(reply.body instanceof Uint8Array)
      // In the middle: an answer whose finish reason has come is whole, whatever is missing behind it.
      const cut = reply.body.subarray(0, reply.body.length / 2)
      for (const body of [cut, [{ write: cut }, { reset: true }]] as const) {
        server.answer({ ...reply, body })
        const { error, finish } = await ask()
        assert.deepEqual([error?.code, finish], ['incomplete', undefined])
      }
    })

    it('names a compression that it cannot undo, and what helps', async () => {
      const reply = toReply(candidate, text.reply)
      server.answer({ ...reply, headers: { ...reply.headers, 'content-encoding': 'compress' } })
      const { error } = await ask()
      assert.equal(error?.code, 'provider-error')
      assert.match(error.message, /compression .*Turn compression off/)
      server.answer({ status: 401, headers: { 'content-encoding': 'compress' }, body: 'x' })
      assert.equal((await ask()).error?.code, 'unauthorized')
    })

    it('names compressed data that is damaged', async () => {
      const reply = compressed(candidate, text.reply, 'gzip')
      server.answer({ ...reply, body: 'this is no gzip' })
      assert.match((await ask()).error?.message ?? '', /compressed data that cannot be read/)
    })
  })
}
