import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { backoffMs, createRetryBudget, usualBackoff } from '../../../../src/core/routing/backoff.js'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('backoff', () => {
  it('never waits less than a Retry-After, and at most a quarter of a second more', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 50 }), chance, (retryAfterMs, failures, random) => {
        const ms = backoffMs({ retryAfterMs }, failures, () => random)
        assert.ok(ms >= retryAfterMs && ms <= retryAfterMs + usualBackoff.spreadMs)
      }),
    )
  })

  it('waits by chance up to a bound that doubles, and no longer than its limit', () => {
    const bounds = [1, 2, 3, 5, 9, 2_000].map((failures) =>
      backoffMs({ retryAfterMs: undefined }, failures, () => 0.5),
    )
    assert.deepEqual(bounds, [250, 500, 1_000, 4_000, 4_000, 4_000])
    assert.equal(
      backoffMs({ retryAfterMs: undefined }, 4, () => 0),
      0,
    )
  })
})

describe('the retry budget', () => {
  it('allows a few retries at once, and one for every ten requests after that', () => {
    const budget = createRetryBudget()
    let spent = 0
    for (let request = 0; request < 200; request++) {
      budget.earn()
      if (budget.spend()) spent++
    }
    assert.ok(spent >= 23 && spent <= 25, `${spent}`)
  })

  it('saves no more than it had at first', () => {
    const budget = createRetryBudget({ ratio: 1, most: 2 })
    for (let request = 0; request < 100; request++) budget.earn()
    assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, true, false])
  })
})
