import assert from 'node:assert/strict'
import { createApi } from '../../../src/api/createApi.js'
import type { RoundhouseApi } from '../../../src/api.js'
import { isModelError } from '../../../src/core/errors.js'
import { leastPauseMs } from '../../../src/core/registry/pace.js'
import { createApiReader } from '../../../src/vscode/apiReader.js'
import { runElsewhere } from '../../fakes/elsewhere.js'
import { readBlocks } from '../../fakes/pages.js'
import {
  embedder,
  openRetrievals,
  type RetrievalOptions,
  ranker,
  talker,
  vectorOf,
} from '../../fakes/retrieval.js'

const isCode =
  (code: string, message = /./) =>
  (error: unknown) =>
    isModelError(error) && error.code === code && message.test(error.message)

describe('the exported API', () => {
  const openRetrieval = openRetrievals()
  const work = { models: [embedder, talker, ranker] }

  async function open(options: RetrievalOptions = { connections: { work } }) {
    const retrieval = await openRetrieval(options)
    const { pipeline, registry, log } = retrieval
    const api = createApi({
      caller: () => ({ door: 'api', extension: 'acme.search', branch: 'main' }),
      models: () => registry.models(),
      onDidChange: registry.onDidChange,
      untilListed: async () => {},
      load: async () => pipeline,
      read: createApiReader(),
      log,
    })
    return { ...retrieval, api }
  }

  /** As an extension calls that knows no types. */
  const untyped = (api: RoundhouseApi, method: 'embed' | 'rerank' | 'select', ...call: unknown[]): unknown =>
    Reflect.apply(api[method], api, call)

  it('tells the models by the ids of the Language Model API, and nothing about their connections’ secrets', async () => {
    const { api } = await open()
    const models = await api.models()
    assert.deepEqual(
      models.map(({ id }) => id),
      ['work/embedder', 'work/ranker', 'work/talker'],
    )
    assert.deepEqual(models[0], {
      id: 'work/embedder',
      name: 'Embedder',
      connection: 'work',
      provider: 'work',
      family: models[0]?.family,
      version: models[0]?.version,
      location: 'cloud',
      capabilities: { embedding: true },
      pricing: { input: 1 },
    })
  })

  it('selects by requirements, with the reasons for and against', async () => {
    const { api } = await open()
    const { ranked, excluded } = await api.select({ capabilities: ['toolCalling'], weights: 'cost' })
    assert.deepEqual([ranked.length, ranked[0]?.model.id], [1, 'work/talker'])
    assert.ok((ranked[0]?.reasons.length ?? 0) > 2)
    assert.deepEqual(Object.fromEntries(excluded.map(({ model, code }) => [model.id, code])), {
      'work/embedder': 'not-for-chat',
      'work/ranker': 'not-for-chat',
    })
    assert.equal((await api.select()).ranked.length, 1)
  })

  it('embeds and ranks under the name of who asks', async () => {
    const { api, rows } = await open()
    const { embeddings, model, usage, cachedTexts } = await api.embed({ texts: ['a', 'bb'] })
    assert.deepEqual([embeddings, model, cachedTexts], [[vectorOf('a'), vectorOf('bb')], 'work/embedder', 0])
    assert.deepEqual(usage, { inputTokens: 20, accuracy: 'exact' })
    const again = await api.embed({ texts: ['bb'], model })
    assert.deepEqual([again.cachedTexts, again.usage.inputTokens], [1, 0])
    const ranking = await api.rerank({ query: 'cat', documents: ['a cat', 'a dog'] })
    assert.deepEqual([ranking.scores, ranking.model], [[1, 0], 'work/ranker'])
    for (const { caller } of rows()) {
      assert.deepEqual(caller, { door: 'api', extension: 'acme.search', branch: 'main' })
    }
    assert.deepEqual(
      rows().map(({ operation, isCacheHit }) => [operation, isCacheHit]),
      [
        ['embeddings', false],
        ['embeddings', true],
        ['reranking', false],
      ],
    )
  })

  it('announces that models have changed, and stops when told to; a listener that fails harms no other', async () => {
    const { api, of, registry, clock, log } = await open()
    let changes = 0
    const failing = api.onDidChangeModels(() => {
      throw new Error('I am broken.')
    })
    const counting = api.onDidChangeModels(() => void changes++)
    await registry.refresh('work')
    assert.equal(changes, 0)
    of('work').provider.answerLists([embedder])
    await clock.advance(leastPauseMs)
    await registry.refresh('work')
    assert.deepEqual([changes, (await api.models()).length], [1, 1])
    assert.match(log.lines.join('\n'), /acme\.search failed to heed/)
    counting.dispose()
    failing.dispose()
    of('work').provider.answerLists([embedder, talker])
    await clock.advance(leastPauseMs)
    await registry.refresh('work')
    assert.equal(changes, 1)
  })

  it('says what is wrong with a request, and where, before anything is done', async () => {
    const { api, of } = await open()
    const wrong = (promise: unknown, message: RegExp) =>
      assert.rejects(Promise.resolve(promise), isCode('invalid-request', message))
    await wrong(untyped(api, 'select', { capabilities: ['tools'] }), /“capabilities\.0”.*toolCalling/)
    await wrong(untyped(api, 'select', { maxPrice: 1 }), /The request has no “maxPrice”/)
    await wrong(untyped(api, 'embed'), /The request is missing/)
    await wrong(untyped(api, 'embed', { texts: 'a' }), /“texts” of the request must be a list/)
    await wrong(
      untyped(api, 'embed', { texts: ['a'], requirements: { privacy: 'cloud' } }),
      /requirements\.privacy/,
    )
    await wrong(untyped(api, 'rerank', { query: 'a', documents: [1] }), /“documents\.0”/)
    await wrong(api.embed({ texts: ['a'], model: 'work/' }), /“work\/” is not a Roundhouse model id/)
    await wrong(
      untyped(api, 'embed', { texts: ['a'] }, { isCancellationRequested: false }),
      /AbortController/,
    )
    assert.equal(of('work').asked.length, 0)
  })

  it('refuses a route, for vectors of two models cannot be compared', async () => {
    const { api } = await open()
    for (const model of ['auto', 'auto/cheapest']) {
      await assert.rejects(api.embed({ texts: ['a'], model }), isCode('capability-unsupported', /is a route/))
    }
  })

  it('passes on the one sentence of a failure, and logs who had it; a cancellation is none', async () => {
    const { api, log } = await open()
    await assert.rejects(
      api.embed({ texts: ['a'], model: 'gone/x' }),
      isCode('not-found', /no connection "gone"/),
    )
    assert.match(log.lines.join('\n'), /An embedding failed, asked for by acme\.search/)
    const lines = log.lines.length
    await assert.rejects(api.embed({ texts: ['a'] }, AbortSignal.abort()), isCode('cancelled'))
    assert.equal(log.lines.length, lines)
  })
})

describe('docs/api.md', () => {
  it('shows what its examples really say', async () => {
    const program = `import { openExample } from 'test/fakes/apiExample.ts'
${readBlocks('api.md', 'js').join('\n')}
const { vscode, context, close } = await openExample()
const api = await openRoundhouse(vscode, context)
console.log(await chooseModel(api, console.log))
const texts = ['how to paint a door', 'how to brake a train', 'a soup of beans']
console.log(await findBest(api, 'brake', texts))
const { cachedTexts, usage } = await api.embed({ texts: ['brake', ...texts] })
console.log({ cachedTexts, inputTokens: usage.inputTokens })
close()`
    assert.equal(await runElsewhere(program), readBlocks('api.md', 'text').join('\n'))
  })
})
