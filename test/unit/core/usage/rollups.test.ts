import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { coverPeriod } from '../../../../src/core/usage/rollups.js'

const quarterMs = 15 * 60_000

describe('rollups', () => {
  it('make any period of quarters without gap or overlap, with few slots', () => {
    const quarters = fc.integer({ min: 0, max: 3_000_000 })
    fc.assert(
      fc.property(quarters, fc.integer({ min: 0, max: 5_000 }), (start, length) => {
        const period = { from: start * quarterMs, to: (start + length) * quarterMs }
        let at = period.from
        for (const { span, first, end } of coverPeriod(period)) {
          assert.equal(first * span, at)
          assert.ok(end > first)
          at = end * span
        }
        assert.equal(at, period.to)
        assert.ok(coverPeriod(period).length <= 7)
      }),
    )
  })

  it('widen a period to whole quarters, and an empty one to nothing', () => {
    assert.deepEqual(coverPeriod({ from: quarterMs + 1, to: 2 * quarterMs - 1 }), [
      { span: quarterMs, first: 1, end: 2 },
    ])
    assert.deepEqual(coverPeriod({ from: 5, to: -5 }), [])
  })
})
