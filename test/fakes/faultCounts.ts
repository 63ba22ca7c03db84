import { env } from 'node:process'

/** How much the fault and fuzz suites try: enough for each commit, ten times that with `npm run test:faults -- --full`. */
const isFull = env['ROUNDHOUSE_FAULTS'] === 'full'

export const faultCounts = {
  /** Malformed streams for each provider. */
  malformedStreams: isFull ? 10_000 : 1_000,
  /** Files of a cache that are not as they were written. */
  damagedCaches: isFull ? 1_000 : 140,
  /** Headers of GGUF files that are not as they were written. */
  ggufMutants: isFull ? 50_000 : 1_000,
  /** Windows that are killed while they write to the ledger. */
  ledgerKills: isFull ? 1_000 : 20,
  /** Distance of the cuts in a stream that another provider's suite cuts at every byte. */
  borrowedBytes: isFull ? 1 : 8,
  /** Cancellations at each event of each stream. */
  cancellations: isFull ? 10 : 1,
  /** Of the fallible calls of each scenario those that fail in turn, spread over all of them. */
  failingCalls: isFull ? Number.POSITIVE_INFINITY : 6,
} as const

/**
 * Printed with every failure; `npm run test:faults -- --seed N` tries the same again. A commit is tried with the same
 * mutants each time, so that what it fails at is its own; the full run tries others each time.
 */
export const faultSeed = Number(env['ROUNDHOUSE_SEED'] ?? (isFull ? Date.now() % 1_000_000 : 20_261))
