import type { CacheSize } from './store.js'

/** Since this window has opened; the size is that of the whole store, which windows share. */
export interface CacheStatistics extends CacheSize {
  readonly hits: number
  /** Of them, answers of an identical request that was under way. */
  readonly sharedHits: number
  readonly misses: number
  /** Questions that the policy or their caller kept out. */
  readonly bypassed: number
  /** Of them, those whose temperature is above 0 or unset, which `sampled` would let in. */
  readonly sampled: number
  /** Of the hits whose price is known. */
  readonly savedUsd: number
  /** Hits whose price is unknown, which is not the same as free. */
  readonly hitsWithoutPrice: number
  readonly savedMs: number
}

interface Saving {
  readonly isShared: boolean
  readonly savedMs: number
  readonly savedUsd: number | undefined
}

export interface StatisticsCounter {
  countHit(saving: Saving): void
  countMiss(count?: number): void
  countBypass(count?: number): void
  countSampled(): void
  read(): Omit<CacheStatistics, keyof CacheSize>
}

export function createStatistics(): StatisticsCounter {
  const counts = {
    hits: 0,
    sharedHits: 0,
    misses: 0,
    bypassed: 0,
    sampled: 0,
    savedUsd: 0,
    hitsWithoutPrice: 0,
    savedMs: 0,
  }
  return {
    countHit({ isShared, savedMs, savedUsd }) {
      counts.hits++
      if (isShared) counts.sharedHits++
      if (savedUsd === undefined) counts.hitsWithoutPrice++
      else counts.savedUsd += savedUsd
      counts.savedMs += savedMs
    },
    countMiss: (count = 1) => void (counts.misses += count),
    countBypass: (count = 1) => void (counts.bypassed += count),
    countSampled() {
      counts.bypassed++
      counts.sampled++
    },
    read: () => ({ ...counts }),
  }
}
