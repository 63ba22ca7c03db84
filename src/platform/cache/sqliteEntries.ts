import type { CacheLimits } from '../../core/cache/policy.js'
import type { CacheEntry, CacheFilter, CacheSize } from '../../core/cache/store.js'
import { hourMs } from '../../core/durations.js'
import type { Database, Row } from '../../core/ports.js'
import { checksum, entryBytes } from './entryForm.js'

/** Milliseconds. Writing down each use would cost a hit more than reading it. */
const useGranularity = hourMs

const columns = 'kind, connection, model, created_at, used_at, checksum, value'

const statements = {
  get: `SELECT ${columns} FROM entries WHERE key = ?`,
  touch: 'UPDATE entries SET used_at = ? WHERE key = ?',
  forget: 'DELETE FROM entries WHERE key = ?',
  put: `INSERT INTO entries (key, bytes, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, kind = excluded.kind, connection = excluded.connection,
      model = excluded.model, created_at = excluded.created_at, used_at = excluded.used_at,
      checksum = excluded.checksum, value = excluded.value`,
  totals: 'SELECT entries, bytes, deletions FROM totals',
  evict: 'DELETE FROM entries WHERE id IN (SELECT id FROM entries ORDER BY used_at, id LIMIT ?)',
  remove: `DELETE FROM entries
    WHERE (?1 IS NULL OR connection = ?1) AND (?2 IS NULL OR created_at < ?2)`,
  announce: 'UPDATE totals SET deletions = deletions + 1',
  recount: `UPDATE totals SET entries = (SELECT count(*) FROM entries),
    bytes = (SELECT coalesce(sum(bytes), 0) FROM entries)`,
} as const

function readEntry(key: string, row: Row): CacheEntry | undefined {
  const { kind, connection, model, created_at: createdAt, value } = row
  if (kind !== 'completion' && kind !== 'embedding') return undefined
  if (typeof connection !== 'string' || typeof model !== 'string') return undefined
  if (typeof createdAt !== 'number' || typeof value !== 'string') return undefined
  const entry: CacheEntry = { key, kind, connection, model, createdAt, value }
  return checksum(entry) === row['checksum'] ? entry : undefined
}

function readTotals(database: Database): CacheSize & { readonly deletions: number } {
  const row = database.get(statements.totals)
  const read = (name: string): number => Number(row?.[name] ?? 0)
  return { entries: read('entries'), bytes: read('bytes'), deletions: read('deletions') }
}

/** Entries that are beyond the limits leave, the one that was not used for the longest time first. */
function evict(database: Database, { maximumEntries, maximumBytes }: CacheLimits): void {
  for (;;) {
    const { entries, bytes } = readTotals(database)
    const tooMany = entries - maximumEntries
    if (tooMany <= 0 && bytes <= maximumBytes) return
    const { changes } = database.run(statements.evict, Math.max(1, tooMany))
    if (changes === 0) return
  }
}

/** Entries in one open database; whoever calls knows what to do when it throws. */
export const sqliteEntries = {
  /** A damaged row is deleted: the next answer takes its place. */
  get(database: Database, key: string, now: number): CacheEntry | undefined {
    const row = database.get(statements.get, key)
    if (row === undefined) return undefined
    const entry = readEntry(key, row)
    if (database.readOnly) return entry
    if (entry === undefined) database.run(statements.forget, key)
    else if (Math.abs(now - Number(row['used_at'])) > useGranularity) database.run(statements.touch, now, key)
    return entry
  },
  put(database: Database, entries: readonly CacheEntry[], limits: CacheLimits): void {
    if (database.readOnly) return
    database.transaction(() => {
      for (const entry of entries) {
        const { key, kind, connection, model, createdAt, value } = entry
        const bytes = entryBytes(entry)
        if (bytes > limits.maximumBytes) continue
        const facts = [kind, connection, model, createdAt, createdAt, checksum(entry), value] as const
        database.run(statements.put, key, bytes, ...facts)
      }
      evict(database, limits)
    })
  },
  remove(database: Database, { connection = null, createdBefore = null }: NullableFilter): number {
    const deleted = database.transaction(() => {
      database.run(statements.announce)
      return database.run(statements.remove, connection, createdBefore).changes
    })
    return deleted
  },
  totals: readTotals,
  /** Also finds out whether the file can be written at all. */
  recount(database: Database): void {
    if (!database.readOnly) database.run(statements.recount)
  },
} as const

type NullableFilter = { readonly [K in keyof CacheFilter]: CacheFilter[K] | null }
