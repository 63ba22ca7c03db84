import assert from 'node:assert/strict'
import type { Provider } from '../../../src/core/provider.js'
import { anyOpenaiCompatible, huggingface, llamaServer, openai } from '../../../src/providers/index.js'
import { createProviderContext } from '../../fakes/providerContext.js'
import { type Reply, useWireServer } from '../../fakes/wireServer.js'

const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

describe('listing models of servers with the OpenAI API', () => {
  const server = useWireServer()

  const list = (
    provider: Provider,
    replies: Readonly<Record<string, Reply>>,
    fields: Record<string, string[]> = {},
  ) => {
    server.answer(({ path }) => replies[path])
    return provider.listModels(
      createProviderContext({ provider: provider.id, baseUrl: `${server.origin}/v1`, fields }),
    )
  }
  const byHand = { modelIds: ['mine', 'also-mine'] }

  for (const status of [404, 405, 501]) {
    it(`offers the models named by hand where the server answers ${status} to the list`, async () => {
      const models = await list(anyOpenaiCompatible, { '/v1/models': json({ error: 'no' }, status) }, byHand)
      assert.deepEqual(models, [{ id: 'mine' }, { id: 'also-mine' }])
    })
  }
  it('tells of a wrong key though models are named by hand', async () => {
    await assert.rejects(list(anyOpenaiCompatible, { '/v1/models': json({ error: 'no' }, 401) }, byHand), {
      code: 'unauthorized',
    })
  })
  it('completes what is named by hand from the list, without doubling it', async () => {
    const models = await list(
      anyOpenaiCompatible,
      { '/v1/models': json({ data: [{ id: 'mine', context_length: 9 }] }) },
      byHand,
    )
    assert.deepEqual(models, [{ id: 'mine', contextWindow: 9 }, { id: 'also-mine' }])
  })
  it('takes a list without models for one', async () => {
    assert.deepEqual(await list(anyOpenaiCompatible, { '/v1/models': json({ data: [] }) }), [])
  })
  it('lists llama-server’s model though its properties are switched off', async () => {
    const replies = {
      '/v1/models': json({ data: [{ id: 'm', meta: { n_ctx_train: 32_768 } }] }),
      '/props': json({ error: { code: 501 } }, 501),
    }
    assert.deepEqual(await list(llamaServer, replies), [{ id: 'm', contextWindow: 32_768 }])
  })
  it('says of a server that is still loading its model that it is, and lists it once it is loaded', async () => {
    const loading = { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }
    await assert.rejects(list(llamaServer, { '/v1/models': json(loading, 503) }), {
      code: 'overloaded',
      retryable: true,
      message:
        /is not ready \(503\): Loading model\. It may still be loading the model; try again in a moment\./,
    })
    const models = await list(llamaServer, { '/v1/models': json({ data: [{ id: 'qwen' }] }) })
    assert.deepEqual(
      models.map(({ id }) => id),
      ['qwen'],
    )
  })

  it('knows how a llama-server’s model is spoken to, and whether it has a system role', async () => {
    const template = "{{ '<start_of_turn>' }}{{ raise_exception('System role not supported') }}"
    const [model] = await list(llamaServer, {
      '/v1/models': json({ data: [{ id: 'gemma' }] }),
      '/props': json({ chat_template: template }),
    })
    assert.deepEqual([model?.promptTemplate, model?.capabilities?.systemRole], ['Gemma', false])
  })

  it('knows the models without a system role by their names', async () => {
    const without = ['o1-mini', 'openai/o1-preview', 'google/gemma-2-9b-it', 'gemma-7b']
    const ids = [...without, 'o1', 'google/gemma-3-4b-it']
    const models = await list(anyOpenaiCompatible, {
      '/v1/models': json({ data: ids.map((id) => ({ id })) }),
    })
    assert.deepEqual(
      models.flatMap(({ id, capabilities }) => (capabilities?.systemRole === false ? [id] : [])),
      without,
    )
  })

  it('asks a llama-server of several models for no properties of one', async () => {
    server.clear()
    await list(llamaServer, { '/v1/models': json({ data: [{ id: 'a' }, { id: 'b' }] }) })
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/v1/models'],
    )
  })
  it('gives a routed model the limit that all its providers keep, and the price on which they agree', async () => {
    const providers = [
      { provider: 'a', context_length: 8192, pricing: { input: 1, output: 2 } },
      { provider: 'b', context_length: 4096, pricing: { input: 1, output: 3 } },
    ]
    const [model] = await list(huggingface, { '/v1/models': json({ data: [{ id: 'm', providers }] }) })
    assert.deepEqual(model, { id: 'm', contextWindow: 4096, pricing: { input: 1 } })
  })
  it('offers of OpenAI what chats, new names too', async () => {
    const ids = ['gpt-9', 'o7-mini', 'ft:gpt-5.4:team::x', 'codex-next', 'chatgpt-latest']
    const others = [
      'gpt-image-2',
      'gpt-audio',
      'gpt-realtime',
      'tts-2',
      'whisper-2',
      'sora-3',
      'gpt-3.5-turbo-instruct',
      'omni-moderation-latest',
    ]
    const models = await list(openai, {
      '/v1/models': json({ data: [...ids, ...others].map((id) => ({ id })) }),
    })
    assert.deepEqual(
      models.map(({ id }) => id),
      ids,
    )
  })
  it('lists what embeds as such, so that nobody chats with it', async () => {
    const models = await list(openai, { '/v1/models': json({ data: [{ id: 'text-embedding-4' }] }) })
    assert.deepEqual(models, [{ id: 'text-embedding-4', capabilities: { embedding: true } }])
  })
})
