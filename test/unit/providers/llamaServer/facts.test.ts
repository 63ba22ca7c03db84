import assert from 'node:assert/strict'
import type { ListedModel } from '../../../../src/core/model.js'
import { llamaServer } from '../../../../src/providers/llamaServer.js'
import { createCallContext, jsonReply } from '../../../fakes/providerCalls.js'
import { type RecordedRequest, type Reply, useWireServer } from '../../../fakes/wireServer.js'

const refusal = (code: number, message: string): Reply => jsonReply({ error: { code, message } }, code)
const unsupported = (what: string): Reply =>
  refusal(501, `This server does not support ${what}. Start it with \`--${what}\``)
const noInput = refusal(400, '"input" or "content" must be provided')
const noQuery = refusal(400, '"query" must be provided')

const routed = (id: string, status: object, more: object = {}) => ({
  id,
  owned_by: 'llamacpp',
  status,
  ...more,
})
const unloaded = (id: string, ...args: string[]) =>
  routed(id, { value: 'unloaded', args: ['llama-server', '--host', '127.0.0.1', '--alias', id, ...args] })

describe('what a llama-server’s models can do', () => {
  const server = useWireServer()

  const list = async (
    entries: readonly object[],
    replies: Readonly<Record<string, Reply | ((request: RecordedRequest) => Reply)>> = {},
  ) => {
    server.answer((request) => {
      if (request.path === '/v1/models') return jsonReply({ object: 'list', data: entries })
      const reply = replies[request.path]
      return typeof reply === 'function' ? reply(request) : reply
    })
    return await llamaServer.listModels(
      createCallContext(llamaServer, server, { baseUrl: `${server.origin}/v1` }),
    )
  }
  const asked = () => server.requests.map(({ method, path }) => `${method} ${path}`)
  const contexts = (models: readonly ListedModel[]) => models.map(({ contextWindow }) => contextWindow)
  const single = { id: 'm.gguf', meta: { n_ctx: 1024, n_ctx_train: 4096 } }
  const probes = (embeddings: Reply, rerank: Reply) => ({
    '/v1/embeddings?autoload=false': embeddings,
    '/v1/rerank?autoload=false': rerank,
  })

  it('is bounded by the context that it was started with, not by what the model was trained for', async () => {
    assert.deepEqual(contexts(await list([single])), [1024])
    assert.deepEqual(contexts(await list([{ id: 'm', meta: { n_ctx: 0, n_ctx_train: 4096 } }])), [4096])
    const started = { '/props': jsonReply({ default_generation_settings: { n_ctx: 512 } }) }
    assert.deepEqual(contexts(await list([{ id: 'm', meta: { n_ctx_train: 4096 } }], started)), [512])
  })

  it('takes no fact from a router’s own properties, not even where it has a single model', async () => {
    const role = { role: 'router', default_generation_settings: { params: null, n_ctx: 0 } }
    const replies = { '/props': jsonReply({ ...role, chat_template_caps: { supports_tools: false } }) }
    const [model] = await list([{ id: 'only', meta: { n_ctx: 2048 } }], replies)
    assert.deepEqual(model, { id: 'only', contextWindow: 2048 })
    assert.deepEqual(asked(), ['GET /v1/models', 'GET /props'])
  })

  it('reads the context of a model that a router has not loaded from its command line, and asks nothing of it', async () => {
    const models = await list([
      unloaded('plain', '--ctx-size', '2048'),
      unloaded('slots', '--ctx-size', '8192', '--parallel', '4'),
      unloaded('shared', '-c', '8192', '-np', '4', '--kv-unified'),
      unloaded('own', '--ctx-size', '0'),
      unloaded('broken', '--ctx-size'),
      unloaded('unsaid'),
    ])
    assert.deepEqual(contexts(models), [2048, 2048, 8192, undefined, undefined, undefined])
    assert.deepEqual(asked(), ['GET /v1/models'])
  })

  it('knows what a router starts a model for before it is loaded', async () => {
    const models = await list([
      unloaded('vectors', '--embeddings'),
      unloaded('ranks', '--reranking'),
      unloaded('ranks-too', '--embedding', '--pooling', 'rank'),
      unloaded('chats'),
    ])
    assert.deepEqual(
      models.map(({ capabilities }) => capabilities),
      [{ embedding: true }, { reranking: true }, { reranking: true }, undefined],
    )
  })

  it('asks a router for the properties of each loaded model by its id, and never so that one is loaded or woken', async () => {
    const id = 'org/two words&more'
    const path = `/props?model=${encodeURIComponent(id)}&autoload=false`
    const props = (n_ctx: number, is_sleeping: boolean) =>
      jsonReply({ is_sleeping, default_generation_settings: { n_ctx } })
    const models = await list(
      [
        routed(id, { value: 'loaded', args: ['--ctx-size', '9999'] }, { meta: { n_ctx: 1024 } }),
        routed('dozes', { value: 'sleeping', args: [] }, { meta: { n_ctx: 4096 } }),
        routed('fails', { value: 'unloaded', failed: true, exit_code: 1, args: [] }),
        routed('comes', { value: 'loading', args: [] }),
      ],
      {
        [path]: props(512, false),
        '/props?model=dozes&autoload=false': props(256, true),
        ...probes(unsupported('embeddings'), unsupported('reranking')),
      },
    )
    assert.deepEqual(contexts(models), [512, 256, undefined, undefined])
    assert.deepEqual(
      asked().toSorted(),
      [
        `GET ${path}`,
        'GET /props?model=dozes&autoload=false',
        'GET /v1/models',
        'POST /v1/embeddings?autoload=false',
        'POST /v1/rerank?autoload=false',
      ].toSorted(),
    )
    const bodies = server.requests.flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body)]))
    assert.deepEqual(bodies, [{ model: id }, { model: id }], 'something to work on was sent')
  })

  it('says which models of a router failed to load, and how, until they are loaded', async () => {
    const failed = { value: 'unloaded', failed: true, args: [] }
    const models = await list([
      routed('crashes', { ...failed, exit_code: 139 }),
      routed('fails', failed),
      routed('mended', { ...failed, value: 'sleeping', exit_code: 1 }),
      routed('waits', { value: 'unloaded', failed: false, exit_code: 0, args: [] }),
    ])
    assert.deepEqual(
      models.map(({ loadFailure }) => loadFailure),
      ['its process ended with exit code 139', 'the server gives no reason', undefined, undefined],
    )
  })

  for (const [what, embeddings, rerank, expected] of [
    ['was started for neither', unsupported('embeddings'), unsupported('reranking'), [false, false]],
    ['embeds', noInput, unsupported('reranking'), [true, false]],
    ['ranks', noInput, noQuery, [false, true]],
    [
      'embeds tokens alone',
      refusal(400, "Pooling type 'none' is not OAI compatible. Please use a different pooling type"),
      unsupported('reranking'),
      [false, false],
    ],
    ['does not tell', refusal(500, 'Compute error.'), refusal(404, 'File Not Found'), [undefined, undefined]],
  ] as const) {
    it(`offers embeddings and reranking as the server says that it ${what}`, async () => {
      const [model] = await list([single], {
        '/props': jsonReply({ is_sleeping: false }),
        ...probes(embeddings, rerank),
      })
      assert.deepEqual([model?.capabilities?.embedding, model?.capabilities?.reranking], expected)
    })
  }

  for (const props of [{ is_sleeping: true }, {}]) {
    it(`is asked for no ability where the question could wake it (${JSON.stringify(props)})`, async () => {
      const [model] = await list([single], { '/props': jsonReply(props) })
      assert.deepEqual(model, { id: 'm.gguf', name: 'm', contextWindow: 1024 })
      assert.deepEqual(asked(), ['GET /v1/models', 'GET /props'])
    })
  }

  it('believes a server rather than a model’s name', async () => {
    const replies = {
      '/props': jsonReply({ is_sleeping: false }),
      ...probes(unsupported('embeddings'), unsupported('reranking')),
    }
    const [model] = await list([{ id: 'nomic-embed-text.gguf' }], replies)
    assert.equal(model?.capabilities?.embedding, false)
  })
})
