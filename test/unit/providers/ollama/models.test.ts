import assert from 'node:assert/strict'
import { maximumListedModels } from '../../../../src/core/registry/listModels.js'
import { createOllama } from '../../../../src/providers/ollama.js'
import { bodiesOf, type CallOptions, createCallContext, jsonReply } from '../../../fakes/providerCalls.js'
import { type Reply, useWireServer } from '../../../fakes/wireServer.js'

describe('Ollama lists', () => {
  const server = useWireServer()

  const list = (options: CallOptions = {}) => {
    const provider = createOllama()
    return provider.listModels(createCallContext(provider, server, options))
  }
  const tag = (name: string, digest: string, more: object = {}) => ({
    name,
    model: name,
    digest,
    size: 1,
    ...more,
  })
  const shown = {
    capabilities: ['completion', 'tools'],
    model_info: {
      'general.architecture': 'gemma3',
      'gemma3.context_length': 8_192,
      'gemma3.vision.context_length': 64,
    },
  }
  const serve = (tags: readonly object[], show: Reply = jsonReply(shown)) =>
    server.answer(({ path }) => (path === '/api/tags' ? jsonReply({ models: tags }) : show))

  it('how a model is spoken to, and whether its template has a place for the system’s text', async () => {
    const template = '<start_of_turn>user {{ .Prompt }}<end_of_turn>'
    serve([tag('a:1', 'd1')], jsonReply({ ...shown, template }))
    const [model] = await list()
    assert.deepEqual([model?.promptTemplate, model?.capabilities?.systemRole], ['Gemma', false])
    assert.equal(model?.capabilities?.toolCalling, true)
  })

  it('models that it passes on to a cloud as such, by their stub or name, and asks the cloud nothing about them', async () => {
    const stub = { remote_host: 'https://ollama.com:443', remote_model: 'gpt-oss:120b', size: 196 }
    serve([tag('mine:1', 'd1', stub), tag('kimi-k2:cloud', 'd2'), tag('own:1', 'd3')])
    const models = await list()
    assert.deepEqual(
      models.map(({ id, isPassedOn, sizeBytes }) => [id, isPassedOn, sizeBytes]),
      [
        ['mine:1', true, undefined],
        ['kimi-k2:cloud', true, undefined],
        ['own:1', undefined, 1],
      ],
    )
    const asked = bodiesOf(server.requests, '/api/show')
    assert.deepEqual(asked, [{ model: 'own:1' }])
  })

  it('a model that only its description shows to be passed on', async () => {
    serve([tag('mine:1', 'd1')], jsonReply({ ...shown, remote_host: 'https://ollama.com:443' }))
    const [model] = await list()
    assert.equal(model?.isPassedOn, true)
  })

  it('names of one model after asking about it once, and asks nothing that the list says', async () => {
    const complete = { capabilities: ['embedding'], details: { context_length: 512 } }
    serve([tag('a:latest', 'd1'), tag('b:1', 'd1'), tag('c:1', 'd2', complete)])
    const models = await list()
    assert.equal(bodiesOf(server.requests, '/api/show').length, 1)
    assert.deepEqual(
      models.map(({ id, contextWindow }) => [id, contextWindow]),
      [
        ['a:latest', 8_192],
        ['b:1', 8_192],
        ['c:1', 512],
      ],
    )
    assert.equal(models[2]?.capabilities?.embedding, true)
  })

  it('each model after one question, four of them at once', async () => {
    const tags = Array.from({ length: 10 }, (_, index) => tag(`m:${index}`, `d${index}`))
    let release: () => void = () => assert.fail('nothing is held')
    const released = new Promise<void>((resolve) => (release = resolve))
    serve(tags, { ...jsonReply(shown), after: released })
    const shows = () => server.requests.filter(({ path }) => path === '/api/show')
    const listing = list()
    await server.received(() => shows().length === 4)
    // A round trip: one question more would be here by then.
    await (await fetch(`${server.origin}/api/tags`)).text()
    assert.equal(shows().length, 4)
    release()
    assert.equal((await listing).length, tags.length)
    const asked = shows().map(({ body }) => JSON.parse(body).model)
    assert.equal(asked.length, tags.length)
    assert.deepEqual(new Set(asked), new Set(tags.map(({ model }) => model)))
  })

  it('more models than are used without asking about the rest', async () => {
    const complete = { capabilities: ['completion'], details: { context_length: 512 } }
    const used = Array.from({ length: maximumListedModels }, (_, index) =>
      tag(`m:${index}`, `d${index}`, complete),
    )
    serve([...used, tag('rest:1', 'r1'), tag('rest:2', 'r2')])
    assert.equal((await list()).length, maximumListedModels + 2)
    assert.deepEqual(bodiesOf(server.requests, '/api/show'), [])
  })

  it('a model that cannot be described, without what is unknown of it', async () => {
    serve([tag('a:1', 'd1')], jsonReply({ error: 'broken manifest' }, 500))
    const [model] = await list()
    assert.deepEqual(model, { id: 'a:1', name: 'a:1', version: '1', sizeBytes: 1 })
  })

  it('the smaller of what a model reads and what the connection asks for', async () => {
    serve([tag('a:1', 'd1')])
    assert.equal((await list({ fields: { num_ctx: 2_048 } }))[0]?.contextWindow, 2_048)
    assert.equal((await list({ fields: { num_ctx: 99_999 } }))[0]?.contextWindow, 8_192)
  })

  it('many models with few questions at once', async () => {
    let most = 0
    server.answer(({ path }) => {
      if (path === '/api/tags')
        return jsonReply({
          models: Array.from({ length: 40 }, (_, index) => tag(`m:${index}`, `d${index}`)),
        })
      most = Math.max(most, server.openExchanges())
      return { ...jsonReply(shown), body: [{ waitMs: 2 }, { write: JSON.stringify(shown) }] }
    })
    assert.equal((await list()).length, 40)
    assert.ok(most > 1 && most <= 4, `${most} at once`)
  })
})
