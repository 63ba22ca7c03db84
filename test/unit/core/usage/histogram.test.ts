import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createHistogram, mostBuckets, relativeError } from '../../../../src/core/usage/histogram.js'

const milliseconds = fc.double({ min: 0.02, max: 80_000_000, noNaN: true })

/** The smallest value that a share `q` of all does not exceed. */
function exactQuantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length * (1 - 1e-9)) - 1)] ?? Number.NaN
}

function isNear(actual: number | undefined, exact: number): boolean {
  return actual !== undefined && Math.abs(actual - exact) <= exact * (relativeError + 1e-9)
}

describe('histogram', () => {
  it('tells any quantile of any values within its documented error', () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 300 }), shares, (values, q) => {
        const histogram = createHistogram()
        for (const value of values) histogram.add(value)
        return isNear(histogram.quantile(q), exactQuantile(values, q))
      }),
    )
    assert.ok(relativeError < 0.02)
  })

  it('says the same of two parts together as of the whole', () => {
    fc.assert(
      fc.property(fc.array(milliseconds, { minLength: 1 }), fc.array(milliseconds), (left, right) => {
        const [whole, a, b] = [createHistogram(), createHistogram(), createHistogram()]
        for (const value of [...left, ...right]) whole.add(value)
        for (const value of left) a.add(value)
        for (const value of right) b.add(value)
        a.merge(b, 1)
        assert.equal(a.total(), whole.total())
        for (const q of [0.5, 0.95, 0.99]) assert.equal(a.quantile(q), whole.quantile(q))
      }),
    )
  })

  it('gives a value the say of its weight', () => {
    const histogram = createHistogram()
    histogram.add(100, 3)
    histogram.add(1_000)
    assert.ok(isNear(histogram.quantile(0.75), 100))
    assert.ok(isNear(histogram.quantile(0.76), 1_000))
    histogram.scale(0.25)
    assert.equal(histogram.total(), 1)
    assert.ok(isNear(histogram.quantile(0.76), 1_000))
  })

  it('takes no more memory than its buckets for a million values of any size', () => {
    const histogram = createHistogram()
    for (let index = 0; index < 1_000_000; index++) histogram.add(((index * 7_919) % 1_000_003) ** 2 / 1_000)
    for (const value of [-5, 0, 1e-300, 1e300, Infinity]) histogram.add(value)
    assert.equal(histogram.total(), 1_000_005)
    assert.ok(histogram.buckets().size <= mostBuckets, `${histogram.buckets().size} buckets`)
  })

  it('says nothing of nothing', () => {
    const histogram = createHistogram()
    assert.equal(histogram.quantile(0.5), undefined)
    histogram.add(Number.NaN)
    assert.equal(histogram.quantile(0.5), undefined)
    assert.equal(histogram.total(), 0)
  })
})
