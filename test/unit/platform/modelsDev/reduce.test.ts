import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { reduceCatalog } from '../../../../src/platform/modelsDev/reduce.js'
import { readFixture } from '../../../fakes/providerCalls.js'

const document = (): unknown => JSON.parse(readFixture('models-dev/api.json').toString('utf8'))
const all = (): boolean => true

/** By provider. */
const reduce = (given: unknown, isWanted: (id: string, api: string | undefined) => boolean = all) =>
  Object.fromEntries(reduceCatalog(given, isWanted))

/** What is made of one model. */
const factsOf = (model: unknown, id = 'm') => reduce({ p: { models: { [id]: model } } })['p']?.models[id]

describe('reduceCatalog', () => {
  it('makes facts of limits, abilities, prices, tiers, efforts, dates and status', () => {
    const providers = reduce(document())
    assert.deepEqual(providers['openai']?.models['gpt-9'], {
      contextWindow: 1_050_000,
      maxInputTokens: 922_000,
      maxOutputTokens: 128_000,
      capabilities: { toolCalling: true, imageInput: true, reasoning: true, structuredOutput: true },
      inputModalities: ['text', 'image', 'pdf'],
      outputModalities: ['text'],
      reasoningEfforts: ['none', 'low', 'high'],
      pricing: {
        input: 2.5,
        output: 15,
        cacheRead: 0.25,
        tiers: [{ aboveInputTokens: 272_000, input: 5, output: 22.5, cacheRead: 0.5 }],
      },
      releasedAt: '2026-08-07',
    })
    const embedding = providers['openai']?.models['text-embedding-9']
    assert.equal(embedding?.capabilities?.embedding, true)
    assert.deepEqual(embedding?.lifecycle, { status: 'deprecated' })
    assert.deepEqual(embedding?.pricing, { input: 0.02, output: 0 })
  })

  it('leaves unknown what nobody wrote: a limit of zero, and two prices of zero unless the model is free', () => {
    const providers = reduce(document())
    assert.deepEqual(providers['togetherai']?.models['meta/llama-9'], {
      contextWindow: 131_072,
      capabilities: { toolCalling: true, imageInput: false },
    })
    assert.deepEqual(providers['lantern']?.models['wick-free']?.pricing, { input: 0, output: 0 })
  })

  it('takes the older field for long inputs where there are no tiers', () => {
    const lamp = reduce(document())['lantern']?.models['lamp']
    assert.deepEqual(lamp?.pricing?.tiers, [{ aboveInputTokens: 200_000, input: 3, output: 4 }])
  })

  it('keeps only providers that can be asked about', () => {
    const asked: (readonly [string, string | undefined])[] = []
    const providers = reduce(document(), (id, api) => {
      asked.push([id, api])
      return api !== undefined
    })
    assert.deepEqual(Object.keys(providers), ['lantern'])
    assert.deepEqual(asked.at(-1), ['amazon-bedrock', undefined])
  })

  it('skips a model that is none, and a field that is not as published, and nothing more', () => {
    for (const model of [null, 7, 'gpt', [], {}]) assert.equal(factsOf(model), undefined)
    const facts = factsOf({
      tool_call: 'yes',
      reasoning: true,
      limit: { context: '128k', output: 4096 },
      cost: { input: -1, output: 3, tiers: [null, { tier: {} }] },
      modalities: { input: 'text' },
      release_date: 'soon',
      status: 3,
    })
    assert.deepEqual(facts, {
      maxOutputTokens: 4096,
      capabilities: { reasoning: true },
      pricing: { output: 3 },
    })
  })

  it('makes nothing of a document of another shape', () => {
    for (const other of [null, [], 'no', 5, {}, { error: 'rate limited' }, { openai: { models: {} } }])
      assert.deepEqual(reduce(other), {}, JSON.stringify(other))
  })

  it('never throws, and never states a figure that is no positive number, whatever the document says', () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constant('__proto__'))
    const names = ['limit', 'cost', 'modalities', 'tool_call', 'reasoning_options', 'status', 'release_date']
    const model = fc.dictionary(fc.constantFrom(...names), value)
    const limits = fc.record({ limit: fc.record({ context: value, input: value, output: value }) })
    fc.assert(
      fc.property(fc.oneof(model, limits), fc.string(), (entry, id) => {
        const facts = factsOf(entry, id)
        for (const figure of [facts?.contextWindow, facts?.maxInputTokens, facts?.maxOutputTokens])
          assert.ok(figure === undefined || figure > 0)
      }),
    )
  })
})
