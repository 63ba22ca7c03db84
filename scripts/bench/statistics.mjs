// Medians, and what stands around them.

/**
 * The middle value; of an even number of values the mean of the two in the middle.
 * @param {readonly number[]} values at least one
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const lower = sorted[Math.ceil(middle) - 1]
  const upper = sorted[Math.floor(middle)]
  if (lower === undefined || upper === undefined) throw new Error('there is no figure.')
  return (lower + upper) / 2
}

/**
 * `a - b`, pair by pair.
 * @param {readonly number[]} a
 * @param {readonly number[]} b as many
 */
export function differences(a, b) {
  return a.map((value, index) => value - (b[index] ?? Number.NaN))
}

/**
 * The value that a share of all values does not exceed.
 * @param {readonly number[]} values at least one
 * @param {number} share from 0 to 1
 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new Error('there is no figure.')
  return value
}
