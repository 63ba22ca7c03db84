import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { contextFor, largestContext } from '../../../../src/platform/llama/contextSize.js'

/** A model whose attention cache takes `bytesPerToken`. */
function insights(trainContextSize: number | undefined, bytesPerToken: number) {
  return {
    trainContextSize,
    estimateContextResourceRequirements: ({ contextSize }: { contextSize: number }) => ({
      cpuRam: contextSize * bytesPerToken,
      gpuVram: 0,
    }),
  }
}

describe('the largest context', () => {
  it('is what the model was trained for, where memory allows', () => {
    assert.equal(largestContext(insights(131_072, 1_000), 1e9), 131_072)
  })

  it('is as much as memory allows, where that is less', () => {
    const size = largestContext(insights(131_072, 100_000), 1e9)
    assert.ok(size > 8_000 && size <= 10_000, String(size))
  })

  it('is never less than 4096 of a model trained for more', () => {
    assert.equal(largestContext(insights(131_072, 1e9), 1), 4096)
  })

  it('is 8192 where the file does not say what the model was trained for', () => {
    assert.equal(largestContext(insights(undefined, 1), 1e9), 8192)
  })
})

describe('the context for a prompt', () => {
  it('holds what is needed, and never more than the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 512, max: 1e6 }), (needed, limit) => {
        const size = contextFor(needed, limit, undefined)
        assert.ok(size <= limit)
        assert.ok(size >= Math.min(needed, limit))
      }),
    )
  })

  it('follows the prompt instead of taking the whole limit', () => {
    assert.equal(contextFor(5_000, 131_072, undefined), 6_144)
  })

  it('grows by half for a conversation that outgrew its context', () => {
    assert.equal(contextFor(9_000, 131_072, 8_192), 12_288)
  })
})
