import assert from 'node:assert/strict'
import { samplingOf } from '../../../../src/platform/llama/sampling.js'

describe('the penalties of an embedded model', () => {
  it('are off by default', () => {
    assert.equal(samplingOf({}).repeatPenalty, false)
    assert.equal(
      samplingOf({ frequencyPenalty: 0, presencePenalty: 0, repeatPenalty: 1 }).repeatPenalty,
      false,
    )
  })

  it('take a repeat penalty, over as many tokens as llama.cpp looks at', () => {
    assert.deepEqual(samplingOf({ repeatPenalty: 1.3 }).repeatPenalty, {
      penalty: 1.3,
      frequencyPenalty: 0,
      presencePenalty: 0,
      lastTokens: 64,
    })
  })

  it('count the whole answer where one counts how often a word came', () => {
    assert.deepEqual(samplingOf({ frequencyPenalty: 0.5, repeatPenalty: 1.3 }).repeatPenalty, {
      penalty: 1.3,
      frequencyPenalty: 0.5,
      presencePenalty: 0,
      lastTokens: 1_000_000,
    })
  })

  it('look as far back as a model’s extra body says, which sets its least probability too', () => {
    const { repeatPenalty, minP } = samplingOf({ repeatPenalty: 1.3 }, { repeatLastTokens: 10, minP: 0.2 })
    assert.deepEqual([repeatPenalty && repeatPenalty.lastTokens, minP], [10, 0.2])
    assert.equal(samplingOf({}).minP, 0.05)
  })
})
