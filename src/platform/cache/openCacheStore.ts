import { join } from 'node:path'
import { createLayeredStore } from '../../core/cache/layeredStore.js'
import type { CacheLimits, CacheSettings } from '../../core/cache/policy.js'
import type { CacheStore } from '../../core/cache/store.js'
import { hourMs } from '../../core/durations.js'
import type { Clock, Log, Notices } from '../../core/ports.js'
import { createFileStore } from './fileStore.js'
import { createMemoryStore } from './memoryStore.js'
import { createSqliteStore } from './sqliteStore.js'

export interface CacheStoreOptions {
  /** Absolute path of the extension's own storage folder. */
  readonly folder: string
  /** Read at each use; only `store` holds from the opening on. */
  readonly settings: () => CacheSettings
  readonly clock: Clock
  readonly log: Log
  readonly notices: Notices
}

/** Of the part that one window keeps in memory in front of what windows share. */
const frontLimits: CacheLimits = { maximumEntries: 500, maximumBytes: 8_000_000 }
const frontLifeMs = hourMs

/** The store that the user has chosen. Rejects where it cannot be opened. */
export async function openCacheStore(options: CacheStoreOptions): Promise<CacheStore> {
  const { folder, settings, clock, log, notices } = options
  const { store } = settings()
  if (store === 'memory') return await createMemoryStore({ limits: settings, clock })
  const back =
    store === 'file'
      ? createFileStore({ folder: join(folder, 'cache'), limits: settings, clock })
      : await createSqliteStore({ path: join(folder, 'cache.db'), limits: settings, clock, log, notices })
  const front = await createMemoryStore({ limits: () => frontLimits, clock, lifeMs: frontLifeMs })
  return createLayeredStore(front, back, clock)
}
