import { dayMs } from '../durations.js'

/** Buckets grow by this factor: a quantile is at most `relativeError` away from a value that was added. */
const growth = 1.04

export const relativeError = (growth - 1) / (growth + 1)

/** Everything below and above falls into the first and the last bucket. In ms: 10 µs, and a day. */
const least = 0.01
const most = dayMs

const lowest = bucketOf(least)
const highest = bucketOf(most)

/** No histogram has more buckets than this, however much is added. */
export const mostBuckets = highest - lowest + 1

/** How often values of each size came up, in little memory whatever their number. Weights need not be whole. */
export interface Histogram {
  /** Values that are no numbers are left out. */
  add(value: number, weight?: number): void
  /** Adds another's values, their weights times `factor`. */
  merge(other: Histogram, factor: number): void
  scale(factor: number): void
  /** All weights together. */
  total(): number
  /** The value that a share `q` (0 to 1) of the weight does not exceed; undefined where there is none. */
  quantile(q: number): number | undefined
  /** Weights by bucket. */
  buckets(): ReadonlyMap<number, number>
}

function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) / Math.log(growth))
}

/** The value that is as far, relatively, from both ends of a bucket. */
function valueOf(bucket: number): number {
  return (2 * growth ** bucket) / (growth + 1)
}

/** Weights that were added up differ from their sum by rounding. */
const tolerance = 1e-9

export function createHistogram(): Histogram {
  const weights = new Map<number, number>()
  let total = 0

  function addTo(bucket: number, weight: number): void {
    weights.set(bucket, (weights.get(bucket) ?? 0) + weight)
    total += weight
  }

  return {
    add(value, weight = 1) {
      if (Number.isNaN(value)) return
      addTo(bucketOf(Math.min(most, Math.max(least, value))), weight)
    },
    merge(other, factor) {
      for (const [bucket, weight] of other.buckets()) addTo(bucket, weight * factor)
    },
    scale(factor) {
      for (const [bucket, weight] of weights) weights.set(bucket, weight * factor)
      total *= factor
    },
    total: () => total,
    quantile(q) {
      if (total <= 0) return undefined
      const wanted = q * total * (1 - tolerance)
      let passed = 0
      let last: number | undefined
      for (const bucket of [...weights.keys()].toSorted((a, b) => a - b)) {
        passed += weights.get(bucket) ?? 0
        last = bucket
        if (passed >= wanted) break
      }
      return last === undefined ? undefined : valueOf(last)
    },
    buckets: () => weights,
  }
}
