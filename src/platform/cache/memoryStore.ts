import type { LRUCache } from 'lru-cache'
import type { CacheLimits } from '../../core/cache/policy.js'
import { type CacheEntry, type CacheStore, fits } from '../../core/cache/store.js'
import type { Clock } from '../../core/ports.js'
import { entryBytes } from './entryForm.js'

type Lru = LRUCache<string, CacheEntry>

export interface MemoryStoreOptions {
  /** Limits that change hold from the next entry on. */
  readonly limits: () => CacheLimits
  readonly clock: Clock
  /** Milliseconds after which an entry has to be given again, so that a store behind notices that it is in use. */
  readonly lifeMs?: number
}

/** Entries of this window alone, gone with it. */
export async function createMemoryStore(options: MemoryStoreOptions): Promise<CacheStore> {
  const { limits, clock, lifeMs = 0 } = options
  const { LRUCache: Library } = await import('lru-cache')
  let current = limits()
  let entries = make()
  let deletions = 0

  function make(): Lru {
    const { maximumEntries, maximumBytes } = current
    return new Library({
      max: Math.max(1, maximumEntries),
      maxSize: Math.max(1, maximumBytes),
      sizeCalculation: entryBytes,
      ttl: lifeMs,
      ttlResolution: 0,
      // The library takes 0 for no time at all.
      perf: { now: () => clock.monotonic() + 1 },
    })
  }

  function follow({ maximumEntries, maximumBytes }: CacheLimits): void {
    if (maximumEntries === current.maximumEntries && maximumBytes === current.maximumBytes) return
    current = { maximumEntries, maximumBytes }
    const kept = entries.dump()
    entries = make()
    entries.load(kept)
  }

  return {
    get: (key) => Promise.resolve(entries.get(key)),
    async set(...added) {
      follow(limits())
      if (current.maximumEntries > 0) for (const entry of added) entries.set(entry.key, entry)
    },
    async delete(filter) {
      const meant = Array.from(entries.values()).filter((entry) => fits(entry, filter))
      for (const { key } of meant) entries.delete(key)
      deletions++
      return meant.length
    },
    size: () => Promise.resolve({ entries: entries.size, bytes: entries.calculatedSize }),
    deletions: () => Promise.resolve(deletions),
    dispose: () => entries.clear(),
  }
}
