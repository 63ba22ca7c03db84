/** What is asked, paid, kept and tried again as one. */
export interface BatchLimits {
  readonly items: number
  /** Of all items of a batch, as they are measured. */
  readonly length: number
}

/** In characters, some 50,000 tokens: enough for a provider to be quick, and not too much to be lost when a later one fails. */
const usualBatch: BatchLimits = { items: 512, length: 200_000 }

/** In their order; an item that breaks the limits alone has a batch of its own. */
export function splitBatches<T>(
  items: readonly T[],
  lengthOf: (item: T) => number,
  limits: BatchLimits = usualBatch,
): readonly (readonly T[])[] {
  const batches: T[][] = []
  let filled = 0
  for (const item of items) {
    const open = batches.at(-1)
    const length = lengthOf(item)
    if (open !== undefined && open.length < limits.items && filled + length <= limits.length) {
      open.push(item)
      filled += length
    } else {
      batches.push([item])
      filled = length
    }
  }
  return batches
}
