import assert from 'node:assert/strict'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'
import { createEstimator } from '../../../../src/core/usage/estimateRequest.js'
import { createPricedModel, createRequest } from '../../../fakes/usagePipeline.js'

const estimate = createEstimator({ tokens: createTokenCounter() })

describe('the estimate of a request', () => {
  it('is the longest answer that the request or its model allows', () => {
    const model = createPricedModel({ maxOutputTokens: 1_000 })
    assert.equal(estimate(createRequest({ parameters: {} }), model).outputTokens, 1_000)
    assert.equal(estimate(createRequest({ parameters: { maxOutputTokens: 50 } }), model).outputTokens, 50)
  })

  for (const { of, model, asked, most, usual } of [
    { of: 'a model that answers long', model: 128_000, asked: undefined, most: 8_192, usual: 4_096 },
    { of: 'a request that asks for less', model: 128_000, asked: 9_000, most: 9_000, usual: 9_000 },
    { of: 'a request that asks for more', model: 2_000, asked: 9_000, most: 2_000, usual: 2_000 },
    {
      of: 'a request whose length nobody bounds',
      model: undefined,
      asked: undefined,
      most: 8_192,
      usual: 4_096,
    },
  ]) {
    it(`reserves for ${of} ${most} tokens of answer, and reckons with ${usual}`, () => {
      const { maxOutputTokens: _, ...facts } = createPricedModel()
      const priced = model === undefined ? facts : { ...facts, maxOutputTokens: model }
      const request = createRequest({
        parameters: asked === undefined ? {} : { maxOutputTokens: asked },
      })
      const { outputTokens, usualOutputTokens, inputTokens, usd = 0 } = estimate(request, priced)
      assert.deepEqual([outputTokens, usualOutputTokens], [most, usual])
      assert.equal(estimate(request, priced).isOpen, asked === undefined ? true : undefined)
      assert.equal(usd.toFixed(9), ((inputTokens + 10 * most) / 1e6).toFixed(9))
    })
  }

  it('is the longest answer of a model whose server takes no limit', () => {
    const unbounded = createEstimator({ tokens: createTokenCounter(), takesLimit: () => false })
    const model = createPricedModel({ maxOutputTokens: 64_000 })
    for (const parameters of [{}, { maxOutputTokens: 50 }]) {
      const { outputTokens, isOpen } = unbounded(createRequest({ parameters }), model)
      assert.deepEqual([outputTokens, isOpen], [64_000, undefined])
    }
  })

  it('has no output where vectors or scores are asked for, and so needs no price of output', () => {
    const model = createPricedModel({ pricing: { input: 1 } })
    assert.equal(estimate(createRequest(), model).usd, undefined)
    for (const operation of ['embeddings', 'reranking'] as const) {
      const { inputTokens, outputTokens, usd } = estimate(createRequest({ operation }), model)
      assert.deepEqual([outputTokens, usd], [0, inputTokens / 1e6])
    }
  })

  it('prices the input as written to an hour-long cache for those models alone that may be', () => {
    const pricing = { input: 4, output: 0, cacheWrite: 5 }
    const longing = createEstimator({
      tokens: createTokenCounter(),
      mayCacheForAnHour: ({ connection }) => connection === 'long',
    })
    const ofInput = (model: ReturnType<typeof createPricedModel>) => {
      const { inputTokens, usd = 0 } = longing(createRequest(), model)
      return ((usd / inputTokens) * 1e6).toFixed(6)
    }
    assert.equal(ofInput(createPricedModel({ pricing })), '5.000000')
    assert.equal(ofInput(createPricedModel({ pricing, connection: 'long' })), '8.000000')
  })
})
