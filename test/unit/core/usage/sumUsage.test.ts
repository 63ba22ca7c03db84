import assert from 'node:assert/strict'
import { addUsage, laterUsage, noUsage } from '../../../../src/core/usage/sumUsage.js'
import { createUsage } from '../../../fakes/usagePipeline.js'

describe('usage that a stream tells again', () => {
  it('keeps an earlier count where a later one says nothing of it, and its bill and tier', () => {
    const earlier = createUsage({ inputTokens: 9, outputTokens: 4, cacheReadInputTokens: 3, billedUsd: 0.5 })
    assert.deepEqual(laterUsage(earlier, createUsage()), earlier)
    assert.deepEqual(laterUsage(earlier, createUsage({ inputTokens: -1, outputTokens: 7 })), {
      ...earlier,
      outputTokens: 7,
    })
    assert.deepEqual(laterUsage(undefined, earlier), earlier)
  })

  it('is a guess only where neither has counted', () => {
    const half = createUsage({ inputTokens: 9, accuracy: 'estimated', guessed: ['outputTokens'] })
    const whole = createUsage({ inputTokens: 8, outputTokens: 4 })
    assert.deepEqual(laterUsage(whole, half), createUsage({ inputTokens: 9, outputTokens: 4 }))
    assert.deepEqual(laterUsage(half, half), half)
    assert.deepEqual(laterUsage(half, whole), whole)
  })
})

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
