import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ModelInfo } from '../../../../src/core/model.js'
import { formatModelRef } from '../../../../src/core/model.js'
import type { ReasonCode } from '../../../../src/core/routing/candidate.js'
import {
  createCandidates,
  type Measurements,
  measureCandidates,
} from '../../../../src/core/routing/candidates.js'
import { abilityMask } from '../../../../src/core/routing/features.js'
import { noNeeds, type RequestNeeds } from '../../../../src/core/routing/needs.js'
import { type Ranking, type RankOptions, rank, select } from '../../../../src/core/routing/rank.js'
import type { Requirements } from '../../../../src/core/routing/requirements.js'
import { resolveWeights, weightPresets } from '../../../../src/core/routing/weights.js'
import { createModel } from '../../../fakes/models.js'

const now = Date.UTC(2026, 0, 1)

interface Case extends Partial<Omit<RankOptions, 'measured' | 'needs' | 'weights'>> {
  readonly requirements?: Requirements
  readonly needs?: Partial<RequestNeeds>
  readonly weights?: Parameters<typeof resolveWeights>[0]
  readonly measured?: (model: { id: string }) => Measurements | undefined
  readonly quality?: number
}

function rankModels(models: readonly ModelInfo[], options: Case = {}): Ranking {
  const { requirements = {}, needs, weights = 'balanced', measured, quality, ...rest } = options
  const set = createCandidates(models, { now, qualityOf: () => quality })
  return rank(requirements, set, {
    ...rest,
    measured: measureCandidates(set, measured),
    needs: { ...noNeeds, ...needs },
    weights: resolveWeights(weights),
  })
}

function usable(ranking: Ranking): string[] {
  return Array.from({ length: ranking.usable }, (_, place) => ranking.model(place)?.id ?? '')
}

function everything(ranking: Ranking) {
  return Array.from({ length: ranking.size }, (_, place) => ranking.at(place))
}

const measured = (p50: number, p95: number, healthScore = 90): Measurements => ({
  requests: 10,
  firstPartMs: { p50, p95 },
  healthScore,
})

interface Exclusion {
  readonly code: ReasonCode
  readonly model: Partial<ModelInfo>
  readonly options: Case
  readonly message: RegExp
}

const slow: Case['measured'] = () => measured(500, 2_500)
const exclusions: readonly Exclusion[] = [
  { code: 'not-for-chat', model: { capabilities: { embedding: true } }, options: {}, message: /text$/ },
  { code: 'not-for-chat', model: { outputModalities: ['image'] }, options: {}, message: /text$/ },
  { code: 'not-in-route', model: {}, options: { inRoute: new Uint8Array(1) }, message: /of the route/ },
  { code: 'retired', model: { lifecycle: { status: 'retired' } }, options: {}, message: /was retired$/ },
  {
    code: 'retired',
    model: { lifecycle: { status: 'deprecated', retiresAt: '2025-12-31' } },
    options: {},
    message: /was retired on 2025-12-31$/,
  },
  { code: 'not-local', model: {}, options: { requirements: { privacy: 'local' } }, message: /only local/ },
  {
    code: 'capability-missing',
    model: { capabilities: { toolCalling: false } },
    options: { needs: { abilities: abilityMask(['toolCalling']) } },
    message: /lacks toolCalling$/,
  },
  {
    code: 'capability-unknown',
    model: {},
    options: { requirements: { capabilities: ['reasoning'], features: ['seed'] } },
    message: /not known to have reasoning, seed$/,
  },
  {
    code: 'context-too-small',
    model: { contextWindow: 8_000 },
    options: { needs: { inputTokens: 9_000 } },
    message: /takes 8,000 tokens, and 9,000 are asked for$/,
  },
  {
    code: 'context-too-small',
    model: { contextWindow: 8_000 },
    options: { needs: { inputTokens: 7_000, outputTokens: 2_000 } },
    message: /holds 8,000 tokens, and 7,000 with an answer of 2,000 are asked for$/,
  },
  {
    code: 'context-too-small',
    model: {},
    options: { requirements: { minContextTokens: 100_000 } },
    message: /32,768 tokens \(assumed, for nobody states it\), and 100,000/,
  },
  {
    code: 'wrong-category',
    model: { id: 'x-mini' },
    options: { requirements: { category: 'powerful' } },
    message: /is lightweight, and powerful is asked for/,
  },
  {
    code: 'price-unknown',
    model: {},
    options: { requirements: { maxCost: 1 } },
    message: /no known price/,
  },
  {
    code: 'price-too-high',
    model: { pricing: { input: 3, output: 15 } },
    options: { requirements: { maxPricePer1kTokens: 0.01 } },
    message: /costs \$0\.0[12] per 1,000 tokens, more than \$0\.01/,
  },
  {
    code: 'cost-too-high',
    model: { contextWindow: 200_000, pricing: { input: 3, output: 15 } },
    options: { requirements: { maxCost: 0.1 }, needs: { inputTokens: 100_000 }, measured: slow },
    message: /would cost \$0\.3[12], more than \$0\.10/,
  },
  {
    code: 'too-slow',
    model: {},
    options: { requirements: { maxLatencyMs: 2_000 }, measured: slow },
    message: /takes 2,500 ms .*more than 2,000 ms/,
  },
]

describe('rank leaves out', () => {
  for (const { code, model, options, message } of exclusions) {
    it(`what is ${code}, and says so: ${message.source}`, () => {
      const ranking = rankModels([createModel(model)], options)
      assert.deepEqual([ranking.usable, ranking.size], [0, 1])
      assert.equal(ranking.obstacle(0)?.code, code)
      assert.match(ranking.obstacle(0)?.message ?? '', message)
      assert.equal(select(ranking), undefined)
    })
  }

  it('what cannot do it, where embeddings are demanded: a model that embeds is no worse for not chatting', () => {
    const models = [
      createModel({ id: 'chat' }),
      createModel({ id: 'dear', capabilities: { embedding: true }, pricing: { input: 2 } }),
      createModel({ id: 'cheap', capabilities: { embedding: true }, pricing: { input: 0.02 } }),
      createModel({ id: 'ranks', capabilities: { reranking: true } }),
    ]
    const options: Case = { needs: { inputTokens: 1_000, expectedOutputTokens: 0 }, weights: 'cost' }
    const demanding = (...capabilities: ('embedding' | 'reranking')[]) =>
      rankModels(models, { ...options, requirements: { capabilities, maxCost: 1 } })
    assert.deepEqual(usable(demanding('embedding')), ['cheap', 'dear'])
    const left = everything(demanding('embedding')).map((row) => [row?.model.id, row?.obstacle?.code])
    assert.deepEqual(left.slice(2), [
      ['chat', 'capability-unknown'],
      ['ranks', 'capability-unknown'],
    ])
    assert.equal(demanding('reranking').obstacle(3)?.code, 'price-unknown')
  })

  it('what a check objects to, with the check’s own obstacle', () => {
    const obstacle = { code: 'budget-exhausted', message: 'm is over budget', until: 5 } as const
    const ranking = rankModels([createModel()], { obstacleOf: () => obstacle })
    assert.deepEqual(ranking.at(0)?.obstacle, obstacle)
    assert.deepEqual(ranking.at(0)?.reasons, ['m is over budget'])
  })

  it('nothing for what is not known, but ranks it lower', () => {
    const known = createModel({ id: 'z', capabilities: { toolCalling: true } })
    const ranking = rankModels([createModel({ id: 'a' }), known], {
      needs: { abilities: abilityMask(['toolCalling']) },
    })
    assert.deepEqual(usable(ranking), ['z', 'a'])
    assert.match(ranking.at(1)?.reasons.join('; ') ?? '', /1 wanted abilities are unknown/)
  })

  it('no local model for its price, which nobody states', () => {
    const local = createModel({ location: 'local' })
    const limits = { maxPricePer1kTokens: 0.001, maxCost: 0.001 }
    assert.equal(rankModels([local], { requirements: limits }).usable, 1)
  })
})

describe('rank prefers', () => {
  const cheap = createModel({ id: 'cheap-mini', pricing: { input: 0.1, output: 0.4 } })
  const able = createModel({ id: 'able-opus', pricing: { input: 5, output: 25 } })

  it('the cheap or the able by the weights', () => {
    assert.deepEqual(usable(rankModels([able, cheap], { weights: 'cost' })), ['cheap-mini', 'able-opus'])
    assert.deepEqual(usable(rankModels([cheap, able], { weights: 'quality' })), ['able-opus', 'cheap-mini'])
  })

  it('the quick one as it was measured', () => {
    const speeds: Record<string, Measurements> = {
      'cheap-mini': measured(2_000, 9_000),
      'able-opus': measured(200, 400),
    }
    const ranking = rankModels([cheap, able], { weights: 'speed', measured: ({ id }) => speeds[id] })
    assert.deepEqual(usable(ranking), ['able-opus', 'cheap-mini'])
  })

  it('local models to all others where the route says so, however bad', () => {
    const local = createModel({ id: 'tiny', location: 'local' })
    const ranking = rankModels([able, local], { weights: 'quality', prefersLocal: true })
    assert.deepEqual(usable(ranking), ['tiny', 'able-opus'])
    assert.equal(ranking.at(0)?.reasons[0], 'local models come first')
  })

  it('the healthy one', () => {
    const health: Record<string, Measurements> = { a: measured(500, 900, 20), b: measured(500, 900, 99) }
    const models = [createModel({ id: 'a' }), createModel({ id: 'b' })]
    assert.deepEqual(usable(rankModels(models, { measured: ({ id }) => health[id] })), ['b', 'a'])
  })

  it('what costs less by the prices of a request as long as this', () => {
    const tiered = createModel({
      id: 'tiered',
      pricing: { input: 1, output: 1, tiers: [{ aboveInputTokens: 200_000, input: 8 }] },
      contextWindow: 1e6,
    })
    const flat = createModel({ id: 'flat', pricing: { input: 2, output: 2 }, contextWindow: 1e6 })
    const by = (inputTokens: number) =>
      usable(rankModels([tiered, flat], { weights: 'cost', quality: 0.5, needs: { inputTokens } }))
    assert.deepEqual(
      [by(1_000), by(300_000)],
      [
        ['tiered', 'flat'],
        ['flat', 'tiered'],
      ],
    )
  })
})

const model = fc
  .record({
    id: fc.stringMatching(/^[a-z]{1,3}(-mini|-pro|:7b|)$/),
    connection: fc.constantFrom('a', 'b', 'c'),
    location: fc.constantFrom('cloud', 'local'),
    contextWindow: fc.option(fc.integer({ min: 1, max: 300_000 }), { nil: undefined }),
    tools: fc.option(fc.boolean(), { nil: undefined }),
    price: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
  })
  .map(({ tools, price, contextWindow, ...facts }) =>
    createModel({
      ...facts,
      ...(contextWindow === undefined ? {} : { contextWindow }),
      capabilities: tools === undefined ? {} : { toolCalling: tools },
      pricing: price === undefined ? {} : { input: price, output: price },
    }),
  )
const models = fc.uniqueArray(model, { selector: formatModelRef, maxLength: 40 })
const options: fc.Arbitrary<Case> = fc.record({
  weights: fc.constantFrom(...Object.values(weightPresets)),
  prefersLocal: fc.boolean(),
  requirements: fc.record(
    {
      maxCost: fc.double({ min: 0, max: 1, noNaN: true }),
      privacy: fc.constant('local' as const),
      minContextTokens: fc.integer({ min: 0, max: 200_000 }),
    },
    { requiredKeys: [] },
  ),
  needs: fc.record({
    inputTokens: fc.integer({ min: 0, max: 200_000 }),
    abilities: fc.constantFrom(0, abilityMask(['toolCalling'])),
  }),
})

describe('whatever the models and the weights, rank', () => {
  it('gives the same ranking for every order of the models', () => {
    fc.assert(
      fc.property(models, options, fc.infiniteStream(fc.nat()), (list, choice, chance) => {
        const keyed = list.map((entry) => ({ entry, key: chance.next().value ?? 0 }))
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ entry }) => entry)
        assert.deepEqual(everything(rankModels(shuffled, choice)), everything(rankModels(list, choice)))
      }),
    )
  })

  it('gives every model one place, a finite score and a reason, with all that may be asked first, best first', () => {
    fc.assert(
      fc.property(models, options, (list, choice) => {
        const ranking = rankModels(list, choice)
        const ranked = everything(ranking)
        assert.equal(new Set(ranked.map((row) => row?.model)).size, list.length)
        ranked.forEach((row, place) => {
          assert.ok(Number.isFinite(row?.score) && (row?.reasons.length ?? 0) > 0)
          assert.equal(row?.obstacle === undefined, place < ranking.usable)
          if (place > 0 && place < ranking.usable)
            assert.ok(ranking.score(place) <= ranking.score(place - 1) + 1e-8)
        })
      }),
    )
  })

  it('never selects what does not meet the requirements', () => {
    fc.assert(
      fc.property(models, options, (list, choice) => {
        const chosen = select(rankModels(list, choice))?.model
        if (chosen === undefined) return
        const { requirements = {}, needs = {} } = choice
        if (requirements.privacy === 'local') assert.equal(chosen.location, 'local')
        if (needs.abilities !== 0) assert.notEqual(chosen.capabilities.toolCalling, false)
        const room = chosen.contextWindow ?? 32_768
        assert.ok(room >= Math.max(requirements.minContextTokens ?? 0, needs.inputTokens ?? 0))
        if (requirements.maxCost === undefined || chosen.location === 'local') return
        assert.notEqual(chosen.pricing.input, undefined)
      }),
    )
  })

  it('never lifts a model for a higher price, all else equal', () => {
    const dearer = fc.double({ min: 0, max: 50, noNaN: true })
    fc.assert(
      fc.property(models, options, fc.nat(), dearer, (list, choice, which, more) => {
        const at = list.length === 0 ? 0 : which % list.length
        const old = list[at]
        if (old?.pricing.input === undefined) return
        const price = old.pricing.input + more
        const changed = list.with(at, { ...old, pricing: { input: price, output: price } })
        const placeOf = (all: readonly ModelInfo[]) =>
          everything(rankModels(all, { ...choice, quality: 0.5 })).findIndex(
            (row) => row?.model.id === old.id && row.model.connection === old.connection,
          )
        const before = rankModels(list, { ...choice, quality: 0.5 })
        if (placeOf(list) < before.usable) assert.ok(placeOf(changed) >= placeOf(list))
      }),
    )
  })

  it('leaves the order of the others alone when one model goes', () => {
    fc.assert(
      fc.property(models, options, fc.nat(), (list, choice, which) => {
        const gone = list[list.length === 0 ? 0 : which % list.length]
        const names = (all: readonly ModelInfo[]) =>
          everything(rankModels(all, choice)).flatMap((row) =>
            row === undefined || row.model === gone ? [] : [formatModelRef(row.model)],
          )
        assert.deepEqual(names(list.filter((entry) => entry !== gone)), names(list))
      }),
    )
  })
})
