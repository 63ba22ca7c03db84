import assert from 'node:assert/strict'
import { latencyScore } from '../../../../src/core/routing/candidates.js'
import { costScore } from '../../../../src/core/routing/score.js'

describe('costScore', () => {
  const rows: readonly (readonly [number, number])[] = [
    [0, 1],
    [0.001, 0.9],
    [0.01, 0.65],
    [0.1, 0.33],
    [1, 0],
    [50, 0],
    [Number.NaN, 0.3],
  ]
  for (const [usd, score] of rows) {
    it(`gives ${score} for ${usd} USD`, () => assert.equal(Math.round(costScore(usd) * 100) / 100, score))
  }
})

describe('latencyScore', () => {
  it('counts a second half, and the p95 as much as the p50', () => {
    assert.equal(latencyScore({ p50: 1_000, p95: 1_000 }), 0.5)
    assert.equal(latencyScore({ p50: 0, p95: 2_000 }), 0.5)
    assert.equal(latencyScore({ p50: 0, p95: 0 }), 1)
  })
})
