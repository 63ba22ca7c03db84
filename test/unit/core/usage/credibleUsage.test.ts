import assert from 'node:assert/strict'
import { mostTokens } from '../../../../src/core/credible.js'
import type { Usage } from '../../../../src/core/model.js'
import { judgeUsage } from '../../../../src/core/usage/credibleUsage.js'
import { createUsage } from '../../../fakes/usagePipeline.js'

const wrong = [0, -1, -0.2, 0.4, mostTokens + 1, 2 ** 53, 2 ** 63, 1e300, Infinity, -Infinity, Number.NaN]

describe('usage that a provider states', () => {
  it('stays as it is where it can be true', () => {
    const usage = createUsage({ inputTokens: mostTokens, outputTokens: 3, reasoningOutputTokens: 2 })
    assert.deepEqual(judgeUsage(usage, true), usage)
    assert.deepEqual(judgeUsage(createUsage({ inputTokens: 1 }), false), createUsage({ inputTokens: 1 }))
  })

  it('is only guessed where a total cannot be, and the other total stands', () => {
    for (const value of wrong) {
      const input = judgeUsage(createUsage({ inputTokens: value, outputTokens: 7 }), true)
      assert.deepEqual(
        [input.guessed, input.accuracy, input.inputTokens, input.outputTokens],
        [['inputTokens'], 'estimated', 0, 7],
        `${value}`,
      )
      const output = judgeUsage(createUsage({ inputTokens: 7, outputTokens: value }), true)
      assert.deepEqual([output.guessed, output.inputTokens], [['outputTokens'], 7], `${value}`)
    }
  })

  it('may say that nothing was answered where nothing was', () => {
    assert.equal(judgeUsage(createUsage({ inputTokens: 5 }), false).guessed, undefined)
    assert.deepEqual(judgeUsage(createUsage({ inputTokens: 5, outputTokens: -1 }), false).guessed, [
      'outputTokens',
    ])
  })

  it('keeps what a provider itself calls a guess', () => {
    const usage: Usage = createUsage({
      inputTokens: 5,
      outputTokens: 5,
      accuracy: 'estimated',
      guessed: ['outputTokens'],
    })
    assert.deepEqual(judgeUsage(usage, true).guessed, ['outputTokens'])
  })

  it('counts whole tokens, and no part that cannot be', () => {
    const usage = createUsage({
      inputTokens: 10.4,
      outputTokens: 9.6,
      cacheReadInputTokens: 2 ** 60,
      cacheWriteInputTokens: Number.NaN,
      cacheWriteLongInputTokens: -3,
      reasoningOutputTokens: 1.2,
    })
    assert.deepEqual(
      judgeUsage(usage, true),
      createUsage({ inputTokens: 10, outputTokens: 10, reasoningOutputTokens: 1 }),
    )
  })
})
