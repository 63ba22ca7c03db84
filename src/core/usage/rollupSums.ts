import type { SqlValue } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { codeOf, rollupAmounts } from './ledgerRows.js'
import { quarterMs } from './rollups.js'
import { mostStored } from './storedNumbers.js'

interface Sums {
  readonly identity: readonly SqlValue[]
  readonly amounts: number[]
}

/** Adds attempts up that go into the same sums, so that each sum is changed once for all of them. */
export function createRollupSums() {
  const sums = new Map<string, Sums>()
  return {
    add(record: AttemptRecord, sourceId: number): void {
      const at = Math.trunc(record.at)
      const { kind } = record.outcome
      const identity = [at, sourceId, kind, codeOf(record.outcome), record.isCacheHit ? 1 : 0]
      const key = [Math.floor(at / quarterMs), ...identity.slice(1)].join(' ')
      const amounts = rollupAmounts(record)
      const known = sums.get(key)
      if (known === undefined) sums.set(key, { identity, amounts })
      else
        for (const [index, amount] of amounts.entries())
          known.amounts[index] = (known.amounts[index] ?? 0) + amount
    },
    /** A time within the slot, source, outcome, code and whether out of the cache, then in the order of `rollupSums`. */
    *values(): Generator<readonly SqlValue[]> {
      for (const { identity, amounts } of sums.values())
        yield [...identity, ...amounts.map((amount) => Math.min(amount, mostStored))]
    },
  }
}
