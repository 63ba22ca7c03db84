import type { CacheEntry } from '../../src/core/cache/store.js'
import { sha256 } from '../../src/platform/cache/sha256.js'

/** An entry under the key of its name. */
export function createEntry(name: string, facts: Partial<CacheEntry> = {}): CacheEntry {
  return {
    key: sha256(name),
    kind: 'completion',
    connection: 'work',
    model: 'm',
    createdAt: Date.UTC(2026, 0, 1),
    value: `what was kept of ${name}`,
    ...facts,
  }
}
