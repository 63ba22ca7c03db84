import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { toReservedMoney, toStoredMoney } from '../../../../src/core/usage/money.js'
import {
  classifyTokens,
  costOf,
  priceAtMost,
  priceAttempt,
  sumTokens,
} from '../../../../src/core/usage/price.js'
import { createPricedModel, createUsage } from '../../../fakes/usagePipeline.js'

const price = (usage: Parameters<typeof createUsage>[0], model = createPricedModel()) =>
  priceAttempt(classifyTokens(createUsage(usage)), model)?.usd

describe('the cost of an attempt', () => {
  const usage = createUsage({ inputTokens: 1_000, outputTokens: 100 })

  it('is what the server has billed, whatever the list says, and also where no price is known', () => {
    for (const model of [createPricedModel(), createPricedModel({ pricing: {} }), undefined])
      assert.deepEqual(costOf({ ...usage, billedUsd: 0.07 }, model), { usd: 0.07, source: 'billed' })
    assert.deepEqual(costOf({ ...usage, billedUsd: 0 }, createPricedModel()), { usd: 0, source: 'billed' })
  })

  it('is the price of the tokens where a bill cannot be', () => {
    for (const billedUsd of [-1, 1e9, Infinity, Number.NaN, 0.002 * 1e5, 0.002 / 1e6])
      assert.deepEqual(costOf({ ...usage, billedUsd }, createPricedModel()), {
        usd: 0.002,
        source: 'catalog',
      })
    assert.equal(costOf({ ...usage, billedUsd: -1 }, createPricedModel({ pricing: {} })), undefined)
  })

  it('is marked where another service tier answered, and counted at no less than it may be', () => {
    for (const [serviceTier, usd] of [
      ['priority', 0.004],
      ['fast', 0.012],
      ['flex', 0.002],
      ['unheard-of', 0.002],
    ] as const)
      assert.deepEqual(costOf({ ...usage, serviceTier }, createPricedModel()), { usd, source: 'tier' })
    const free = createPricedModel({ location: 'local', pricing: {} })
    assert.deepEqual(costOf({ ...usage, serviceTier: 'flex' }, free), { usd: 0, source: 'provider' })
    const billed = { ...usage, serviceTier: 'flex', billedUsd: 0.001 }
    assert.equal(costOf(billed, createPricedModel())?.source, 'billed')
  })
})

describe('the price of an attempt', () => {
  it('counts cached tokens once, at their own prices', () => {
    const model = createPricedModel({ pricing: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } })
    const usage = {
      inputTokens: 1_000_000,
      cacheReadInputTokens: 600_000,
      cacheWriteInputTokens: 100_000,
      outputTokens: 10_000,
      reasoningOutputTokens: 4_000,
    }
    assert.equal(price(usage, model)?.toFixed(9), (0.9 + 0.18 + 0.375 + 0.15).toFixed(9))
  })

  it('takes a cache without a price of its own at the price of input', () => {
    const model = createPricedModel({ pricing: { input: 1, output: 10 } })
    const usage = { inputTokens: 1_000_000, cacheReadInputTokens: 900_000 }
    assert.equal(price(usage, model)?.toFixed(9), '1.000000000')
  })

  it('is unknown where one price is unknown whose tokens were used, and known where they were not', () => {
    const model = createPricedModel({ pricing: { input: 1 } })
    assert.equal(price({ inputTokens: 10, outputTokens: 1 }, model), undefined)
    assert.equal(price({ inputTokens: 1_000_000 }, model), 1)
    assert.equal(price({ inputTokens: 1 }, createPricedModel({ pricing: {} })), undefined)
  })

  it('takes a cache that lasts an hour at twice the price of input where writing has a price, else at that of input', () => {
    const usage = { inputTokens: 100, cacheWriteInputTokens: 100, cacheWriteLongInputTokens: 40 }
    const model = createPricedModel({ pricing: { input: 4, output: 1, cacheWrite: 5 } })
    assert.equal(price(usage, model)?.toFixed(9), ((60 * 5 + 40 * 8) / 1e6).toFixed(9))
    assert.equal(price(usage, createPricedModel({ pricing: { output: 1, cacheWrite: 5 } })), undefined)
    assert.equal(price(usage)?.toFixed(9), (100e-6).toFixed(9))
  })

  it('is nothing on the user’s own machine, unless the user says otherwise', () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 }
    assert.equal(price(usage, createPricedModel({ location: 'local', pricing: {} })), 0)
    assert.equal(price(usage, createPricedModel({ location: 'local', pricing: { input: 1, output: 2 } })), 3)
  })

  it('follows the tier that the whole input is in', () => {
    const model = createPricedModel({
      pricing: {
        input: 1,
        output: 10,
        tiers: [
          { aboveInputTokens: 200_000, input: 2 },
          { aboveInputTokens: 500_000, input: 4, output: 20 },
        ],
      },
    })
    assert.equal(price({ inputTokens: 200_000, outputTokens: 100_000 }, model)?.toFixed(9), '1.200000000')
    const long = { inputTokens: 300_000, cacheReadInputTokens: 200_000, outputTokens: 100_000 }
    assert.equal(price(long, model)?.toFixed(9), '1.600000000')
    assert.equal(price({ inputTokens: 500_001, outputTokens: 100_000 }, model)?.toFixed(6), '4.000004')
  })

  it('says where its weakest price comes from', () => {
    const model = createPricedModel({ sources: { 'pricing.input': 'user', 'pricing.output': 'snapshot' } })
    const tokens = classifyTokens(createUsage({ inputTokens: 1 }))
    assert.equal(priceAttempt(tokens, model)?.source, 'snapshot')
  })

  it('has every token in one class, whatever a provider counts', () => {
    const counts = fc.oneof(fc.integer({ min: -10, max: 1_000_000 }), fc.constantFrom(Number.NaN, 0.5))
    fc.assert(
      fc.property(counts, counts, counts, counts, (input, output, read, write) => {
        const tokens = classifyTokens(
          createUsage({
            inputTokens: input,
            outputTokens: output,
            cacheReadInputTokens: read,
            cacheWriteInputTokens: write,
            reasoningOutputTokens: read,
          }),
        )
        for (const count of Object.values(tokens)) assert.ok(Number.isInteger(count) && count >= 0)
        const whole = (value: number) => (value > 0 ? Math.round(value) : 0)
        assert.equal(sumTokens(tokens), whole(input) + whole(output))
      }),
    )
  })
})

describe('the bound of a price', () => {
  const bound = { inputTokens: 1_000_000, outputTokens: 0, mayCacheForAnHour: false }

  it('is the dearest class of input, an hour-long cache only where one may be written', () => {
    const model = createPricedModel({ pricing: { input: 4, output: 1, cacheRead: 0.4, cacheWrite: 5 } })
    assert.equal(priceAtMost(bound, model)?.toFixed(9), '5.000000000')
    assert.equal(priceAtMost({ ...bound, mayCacheForAnHour: true }, model)?.toFixed(9), '8.000000000')
  })

  it('takes no surcharge for an hour where writing to a cache has no price', () => {
    assert.equal(
      priceAtMost({ ...bound, mayCacheForAnHour: true }, createPricedModel())?.toFixed(9),
      '1.000000000',
    )
  })

  it('is unknown where a price is that may be asked, and nothing on the user’s own machine', () => {
    const unpriced = createPricedModel({ pricing: { output: 1, cacheWrite: 5 } })
    assert.equal(priceAtMost(bound, unpriced), undefined)
    assert.equal(priceAtMost({ ...bound, inputTokens: 0, outputTokens: 1_000_000 }, unpriced), 1)
    assert.equal(priceAtMost(bound, createPricedModel({ location: 'local', pricing: {} })), 0)
  })

  it('is never less than what an attempt costs that keeps within it, however its tokens are counted', () => {
    const usd = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true }))
    const prices = { input: usd, output: usd, cacheRead: usd, cacheWrite: usd }
    const starts = fc.constantFrom([], [200_000], [1, 500_000])
    const pricing = starts.chain((all) =>
      fc.record(
        {
          ...prices,
          tiers: fc.tuple(
            ...all.map((start) =>
              fc.record(
                { ...prices, aboveInputTokens: fc.constant(start) },
                { requiredKeys: ['aboveInputTokens'] },
              ),
            ),
          ),
        },
        { requiredKeys: ['input', 'output', 'tiers'] },
      ),
    )
    const count = fc.integer({ min: 0, max: 1_000_000 })
    const limits = fc.record({ inputTokens: count, outputTokens: count, mayCacheForAnHour: fc.boolean() })
    const counts = fc.tuple(count, count, count, count, count, count)
    fc.assert(
      fc.property(pricing, limits, counts, (given, limit, [input, output, read, write, long, reasoning]) => {
        const model = createPricedModel({ pricing: given })
        const usage = createUsage({
          inputTokens: Math.min(input, limit.inputTokens),
          outputTokens: Math.min(output, limit.outputTokens),
          cacheReadInputTokens: read,
          cacheWriteInputTokens: write,
          cacheWriteLongInputTokens: limit.mayCacheForAnHour ? long : 0,
          reasoningOutputTokens: reasoning,
        })
        const settled = priceAttempt(classifyTokens(usage), model)?.usd
        const reserved = priceAtMost(limit, model)
        assert.ok(settled !== undefined && reserved !== undefined)
        assert.ok(toStoredMoney(settled) <= toReservedMoney(reserved), `${settled} > ${reserved}`)
      }),
      { numRuns: 1_000 },
    )
  })
})
