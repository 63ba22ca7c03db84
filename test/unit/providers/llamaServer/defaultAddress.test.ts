import assert from 'node:assert/strict'
import type { ModelError } from '../../../../src/core/errors.js'
import { createLlamaServer } from '../../../../src/providers/llamaServer.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { collect, createModel, jsonReply, readFixture, streamReply } from '../../../fakes/providerCalls.js'
import { createProviderContext, type ProviderContextOptions } from '../../../fakes/providerContext.js'
import {
  createWireServer,
  type RecordedRequest,
  type Reply,
  useWireServer,
} from '../../../fakes/wireServer.js'

const listed = jsonReply({ data: [{ id: 'm', owned_by: 'llamacpp', meta: { n_ctx: 512 } }] })
const text = streamReply('text/event-stream', readFixture('llama-server/text.sse'))
const llama = ({ path, method }: RecordedRequest): Reply | undefined => {
  if (method === 'POST') return path === '/v1/chat/completions' ? text : undefined
  return path === '/v1/models' ? listed : undefined
}

/** Where nothing listens any more. */
async function emptyAddress(): Promise<string> {
  const server = await createWireServer()
  await server.close()
  return `${server.origin}/v1`
}

describe('a llama-server at one of its default addresses', () => {
  const server = useWireServer()
  const second = useWireServer()
  const at = ({ origin }: { readonly origin: string }) => `${origin}/v1`
  const contextAt = (baseUrl: string, more: Partial<ProviderContextOptions> = {}) =>
    createProviderContext({ provider: 'llama-server', baseUrl, ...more })
  const failureOf = async (asked: Promise<unknown>): Promise<ModelError> =>
    await asked.then(
      () => assert.fail('it did not fail'),
      (error: ModelError) => error,
    )

  it('is listed where it is, which is said, and asked there from then on', async () => {
    const first = await emptyAddress()
    const provider = createLlamaServer([first, at(server)])
    server.answer(llama)
    const log = createMemoryLog()
    const context = contextAt(first, { log })
    assert.deepEqual(
      (await provider.listModels(context)).map(({ id }) => id),
      ['m'],
    )
    assert.equal(provider.heldBaseUrl?.(), at(server))
    assert.ok(log.lines.some((line) => line.includes(`llama-server answers at ${at(server)}.`)))
    server.clear()
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] as const
    const { error } = await collect(provider.chat({ model: createModel(provider, 'm'), messages }, context))
    assert.equal(error, undefined)
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/v1/chat/completions'],
    )
  })

  it('is found by a chat that comes before any list', async () => {
    const first = await emptyAddress()
    const provider = createLlamaServer([first, at(server)])
    server.answer(llama)
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] as const
    const request = { model: createModel(provider, 'm'), messages }
    assert.equal((await collect(provider.chat(request, contextAt(first)))).error, undefined)
  })

  it('is asked at the first address, and nowhere else, where it answers there', async () => {
    server.answer(llama)
    second.answer(llama)
    const provider = createLlamaServer([at(server), at(second)])
    await provider.listModels(contextAt(at(server)))
    assert.deepEqual([provider.heldBaseUrl?.(), second.requests.length], [at(server), 0])
  })

  it('is found though something else answers at the first address, and not taken for what it is not', async () => {
    server.answer({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' })
    second.answer(llama)
    const provider = createLlamaServer([at(server), at(second)])
    assert.equal((await provider.listModels(contextAt(at(server)))).length, 1)
    second.answer(jsonReply({ data: [{ id: 'gpt', owned_by: 'someone' }] }))
    const other = createLlamaServer([at(server), at(second)])
    const error = await failureOf(other.listModels(contextAt(at(server))))
    assert.match(error.message, new RegExp(`Nothing answers at ${at(second)} either\\.`))
  })

  for (const [what, reply, code] of [
    [
      'still loads',
      jsonReply({ error: { message: 'Loading model', type: 'unavailable_error' } }, 503),
      'overloaded',
    ],
    [
      'wants a key',
      jsonReply({ error: { message: 'Invalid API Key', type: 'authentication_error' } }, 401),
      'unauthorized',
    ],
  ] as const) {
    it(`is recognised at the second address where it ${what}`, async () => {
      const first = await emptyAddress()
      server.answer(reply)
      const error = await failureOf(createLlamaServer([first, at(server)]).listModels(contextAt(first)))
      assert.equal(error.code, code)
    })
  }

  it('gets a key at the first address alone: at another, the user is told to name it', async () => {
    const first = await emptyAddress()
    server.answer(llama)
    const provider = createLlamaServer([first, at(server)])
    const error = await failureOf(provider.listModels(contextAt(first, { key: 'sk-canary' })))
    assert.equal(error.code, 'unreachable')
    assert.match(error.message, new RegExp(`One answers at ${at(server)}: make that the base URL`))
    assert.ok(server.requests.every(({ headers }) => headers['authorization'] === undefined))
  })

  it('is asked at the address that a connection names, and at no other', async () => {
    const named = await emptyAddress()
    server.answer(llama)
    const provider = createLlamaServer([await emptyAddress(), at(server)])
    assert.equal((await failureOf(provider.listModels(contextAt(named)))).code, 'unreachable')
    assert.equal(server.requests.length, 0)
  })

  it('is looked for again where it has moved', async () => {
    const first = await createWireServer()
    first.answer(llama)
    const provider = createLlamaServer([at(first), at(server)])
    const context = contextAt(at(first))
    await provider.listModels(context)
    await first.close()
    server.answer(llama)
    await provider.listModels(context)
    assert.equal(provider.heldBaseUrl?.(), at(server))
  })
})
