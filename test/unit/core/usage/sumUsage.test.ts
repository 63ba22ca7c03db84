import assert from 'node:assert/strict'
import { addUsage, noUsage } from '../../../../src/core/usage/sumUsage.js'
import { createUsage } from '../../../fakes/usagePipeline.js'

describe('the sum of usages', () => {
  it('adds every count, and is exact where both are', () => {
    const one = createUsage({ inputTokens: 5, outputTokens: 2, cacheWriteLongInputTokens: 1 })
    assert.deepEqual(addUsage(one, noUsage), one)
    const both = addUsage(
      one,
      createUsage({ inputTokens: 1, reasoningOutputTokens: 3, accuracy: 'estimated' }),
    )
    assert.deepEqual(both, {
      ...one,
      inputTokens: 6,
      reasoningOutputTokens: 3,
      accuracy: 'estimated',
    })
  })
})
