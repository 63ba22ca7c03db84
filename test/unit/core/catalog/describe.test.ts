import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { CatalogFinding } from '../../../../src/core/catalog/catalog.js'
import { describeModel } from '../../../../src/core/catalog/describe.js'
import type { FactSource, ListedModel, ModelFacts, ModelInfo } from '../../../../src/core/model.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

interface Case {
  readonly user?: ModelFacts
  readonly listed?: ListedModel
  readonly findings?: readonly CatalogFinding[]
  readonly location?: 'cloud' | 'local'
}

function describeCase({ user, listed = { id: 'm' }, findings = [], location = 'cloud' }: Case): ModelInfo {
  return describeModel({
    connection: createConnection({ models: user === undefined ? {} : { [listed.id]: user } }),
    provider: createScriptedProvider({ location }),
    listed,
    findings,
  })
}

const strongestFirst: readonly FactSource[] = ['user', 'provider', 'catalog', 'snapshot']

describe('model description', () => {
  it('takes each fact from the strongest source that states it, and says which', () => {
    const facts = fc.record(
      {
        contextWindow: fc.integer({ min: 1, max: 1e6 }),
        maxOutputTokens: fc.integer({ min: 1, max: 1e6 }),
        quantization: fc.stringMatching(/^[a-z]{1,5}$/),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(facts, facts, facts, facts, (user, provider, catalog, snapshot) => {
        const bySource: Record<FactSource, ModelFacts> = { user, provider, catalog, snapshot }
        const model = describeCase({
          user,
          listed: { id: 'm', ...provider },
          findings: [
            { source: 'snapshot', facts: snapshot },
            { source: 'catalog', facts: catalog },
          ],
        })
        for (const name of ['contextWindow', 'maxOutputTokens', 'quantization'] as const) {
          const source = strongestFirst.find((candidate) => bySource[candidate][name] !== undefined)
          assert.equal(model.sources[name], source)
          assert.equal(model[name], source === undefined ? undefined : bySource[source][name])
        }
      }),
    )
  })

  it('keeps the reason for which a server could not load it', () => {
    const { loadFailure, sources } = describeCase({ listed: { id: 'm', loadFailure: 'it is too large' } })
    assert.deepEqual([loadFailure, sources.loadFailure], ['it is too large', 'provider'])
    assert.equal(describeCase({ listed: { id: 'm', loadFailure: ' ' } }).loadFailure, undefined)
  })

  it('takes no number that no model has: the next source is asked', () => {
    for (const wrong of [0, -1, 0.5, 1e13, 2 ** 53, Infinity, Number.NaN]) {
      const model = describeCase({
        listed: { id: 'm', contextWindow: wrong, maxOutputTokens: wrong, maxInputTokens: wrong },
        findings: [{ source: 'catalog', facts: { contextWindow: 8_000 } }],
      })
      const { contextWindow, maxOutputTokens, maxInputTokens } = model
      assert.deepEqual(
        [contextWindow, maxOutputTokens, maxInputTokens],
        [8_000, undefined, undefined],
        `${wrong}`,
      )
    }
    assert.equal(describeCase({ listed: { id: 'm', contextWindow: 4096.9 } }).contextWindow, 4_096)
  })

  it('takes no price that nobody asks, nor a tier of such prices', () => {
    for (const wrong of [-1, 1e5 + 1, 2 ** 53, Infinity, Number.NaN]) {
      const tiers = [
        { aboveInputTokens: 1_000, input: 2, output: wrong },
        { aboveInputTokens: 2_000, input: wrong },
      ]
      const { pricing } = describeCase({
        listed: { id: 'm', pricing: { input: 1, output: 3, cacheRead: wrong, tiers } },
      })
      assert.deepEqual(pricing, { input: 1, output: 3, tiers: [{ aboveInputTokens: 1_000, input: 2 }] })
    }
  })

  it('takes no price of a list that differs by a factor of a million from what is published', () => {
    const published = { source: 'catalog', facts: { pricing: { input: 0.6, output: 1.2 } } } as const
    for (const pricing of [
      { input: 6e-7, output: 1.2e-6 },
      { input: 0.05, output: 1.2e-6 },
      { input: 6e4, output: 9e4 },
    ]) {
      const model = describeCase({ listed: { id: 'm', pricing }, findings: [published] })
      assert.deepEqual([model.pricing, model.sources['pricing.input']], [published.facts.pricing, 'catalog'])
    }
    const dear = describeCase({
      listed: { id: 'm', pricing: { input: 60, output: 0 } },
      findings: [published],
    })
    assert.deepEqual(dear.pricing, { input: 60, output: 0 })
    const own = describeCase({ user: { pricing: { input: 6e-7 } }, findings: [published] })
    assert.equal(own.pricing.input, 6e-7)
  })

  it('merges prices and capabilities one by one', () => {
    const model = describeCase({
      user: { pricing: { output: 9 } },
      listed: { id: 'm', capabilities: { toolCalling: true } },
      findings: [
        {
          source: 'snapshot',
          facts: { pricing: { input: 1, output: 2 }, capabilities: { toolCalling: false } },
        },
        { source: 'catalog', facts: { capabilities: { imageInput: false } } },
      ],
    })
    assert.deepEqual(model.pricing, { input: 1, output: 9 })
    assert.deepEqual(model.capabilities, { toolCalling: true, imageInput: false })
    assert.deepEqual(model.sources, {
      'pricing.input': 'snapshot',
      'pricing.output': 'user',
      toolCalling: 'provider',
      imageInput: 'catalog',
    })
  })

  it('raises prices for long inputs only by the tiers of the source whose prices they raise', () => {
    const tiers = [{ aboveInputTokens: 200_000, input: 2, output: 4 }]
    const finding: CatalogFinding = { source: 'catalog', facts: { pricing: { input: 1, output: 2, tiers } } }
    const alone = describeCase({ findings: [finding] })
    assert.deepEqual([alone.pricing.tiers, alone.sources['pricing.tiers']], [tiers, 'catalog'])
    const sameBase = { id: 'm', pricing: { input: 1, output: 2 } }
    assert.deepEqual(describeCase({ listed: sameBase, findings: [finding] }).pricing.tiers, tiers)
    const flat = describeCase({ user: { pricing: { input: 0.5 } }, findings: [finding] })
    assert.deepEqual([flat.pricing, flat.sources['pricing.tiers']], [{ input: 0.5, output: 2 }, undefined])
  })

  it('believes no tier without a beginning or a price, and orders the others', () => {
    const tiers = [
      { aboveInputTokens: 300, input: 3 },
      { aboveInputTokens: 0, input: 9 },
      { aboveInputTokens: 500 },
      { aboveInputTokens: 100, input: 2 },
    ]
    const model = describeCase({ findings: [{ source: 'catalog', facts: { pricing: { input: 1, tiers } } }] })
    assert.deepEqual(
      model.pricing.tiers?.map((tier) => tier.aboveInputTokens),
      [100, 300],
    )
  })

  it('takes what a model takes and makes, its efforts and its date from one source each', () => {
    const model = describeCase({
      listed: { id: 'm', inputModalities: [], releasedAt: '2026-01' },
      findings: [
        {
          source: 'catalog',
          facts: {
            inputModalities: ['text', 'pdf'],
            outputModalities: ['text'],
            reasoningEfforts: ['low', 'high'],
            capabilities: { streaming: false },
            releasedAt: '2025-12-01',
          },
        },
      ],
    })
    assert.deepEqual(model.inputModalities, ['text', 'pdf'])
    assert.deepEqual(model.reasoningEfforts, ['low', 'high'])
    assert.equal(model.capabilities.streaming, false)
    assert.deepEqual(
      [model.releasedAt, model.sources.releasedAt, model.sources.inputModalities],
      ['2026-01', 'provider', 'catalog'],
    )
  })

  it('leaves what nobody states unknown', () => {
    const model = describeCase({})
    assert.deepEqual(model.pricing, {})
    assert.deepEqual(model.capabilities, {})
    assert.equal('contextWindow' in model, false)
    assert.deepEqual(model.sources, {})
  })

  it('believes no figure that cannot be true', () => {
    const model = describeCase({
      listed: {
        id: 'm',
        contextWindow: 0,
        maxOutputTokens: Number.NaN,
        pricing: { input: -1, output: Infinity },
      },
      findings: [{ source: 'snapshot', facts: { contextWindow: 8_192, pricing: { input: 0 } } }],
    })
    assert.equal(model.contextWindow, 8_192)
    assert.equal(model.maxOutputTokens, undefined)
    assert.deepEqual(model.pricing, { input: 0 })
  })

  it('names a model by the user, else by the provider, else by its id, never by a table', () => {
    const findings: CatalogFinding[] = [{ source: 'snapshot', facts: { name: 'Some Table’s Name' } }]
    assert.equal(describeCase({ findings }).name, 'm')
    assert.equal(describeCase({ listed: { id: 'm', name: 'Listed' }, findings }).name, 'Listed')
    assert.equal(describeCase({ user: { name: 'Mine' }, listed: { id: 'm', name: 'Listed' } }).name, 'Mine')
  })

  it('knows a family by the id before it believes a file’s architecture', () => {
    const listed = { id: 'deepseek-r1:7b', family: 'qwen2' }
    assert.equal(describeCase({ listed, location: 'local' }).family, 'deepseek-r1')
    assert.equal(
      describeCase({ listed: { id: 'tuned', family: 'llama' }, location: 'local' }).family,
      'llama',
    )
    assert.equal(describeCase({ user: { family: 'qwen3' }, listed, location: 'local' }).family, 'qwen3')
  })

  it('gives a borrowed name the family that the file states', () => {
    const listed = { id: 'claude-at-home:8b', family: 'llama' }
    assert.equal(describeCase({ listed, location: 'local' }).family, 'llama')
  })

  it('says that a local server’s cloud model is in the cloud', () => {
    assert.equal(describeCase({ listed: { id: 'gpt-oss:120b-cloud' }, location: 'local' }).location, 'cloud')
    assert.equal(describeCase({ listed: { id: 'gpt-oss:20b' }, location: 'local' }).location, 'local')
    const stub = { id: 'mine:1', isPassedOn: true }
    assert.equal(describeCase({ listed: stub, location: 'local' }).location, 'cloud')
  })

  it('applies overrides to their own model only, even where an id is a name of every object', () => {
    const provider = createScriptedProvider()
    for (const id of ['toString', '__proto__', 'constructor']) {
      const model = describeModel({ connection: createConnection(), provider, listed: { id }, findings: [] })
      assert.equal(model.name, id)
      assert.equal(model.contextWindow, undefined)
    }
  })

  it('lets the user say which parameters a model refuses, and takes nothing else for such a list', () => {
    const listed = { id: 'm', refusedParameters: ['seed'] }
    assert.deepEqual(describeCase({ listed }).refusedParameters, ['seed'])
    const own = describeCase({ listed, user: { refusedParameters: [] } })
    assert.deepEqual([own.refusedParameters, own.sources.refusedParameters], [[], 'user'])
    const odd: unknown = { id: 'm', refusedParameters: 'seed' }
    assert.equal('refusedParameters' in describeCase({ listed: Object.assign({ id: 'm' }, odd) }), false)
  })
})
