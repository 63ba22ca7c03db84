import type { Database, Log } from '../ports.js'
import { createDeferredWrites } from '../storage/deferredWrites.js'
import type { Period } from './rollups.js'

const auditSubjects = ['connection', 'key', 'route', 'budget', 'runtime', 'usage', 'setting'] as const

type AuditSubject = (typeof auditSubjects)[number]

export interface AuditEntry {
  readonly subject: AuditSubject
  /** Id of what was changed. */
  readonly name: string
  /** What was done, e.g. `added`, `changed`, `removed`, `rotated`, `first used by`, `read refused`. */
  readonly action: string
  /** Names of what is different now; never a value, never a secret. */
  readonly detail: string
  /** Where the change came from, e.g. `settings`, `command`, `api`. */
  readonly origin: string
}

export interface Audit {
  /** Never throws. Several windows that see the same change within a few seconds write it once. */
  write(entry: AuditEntry): void
  /** Only where nothing of the kind is on record since the last of `beginnings`, actions of the same name. Never throws. */
  writeFirst(entry: AuditEntry, beginnings: readonly string[]): void
  /** All of them, or none where `claim`, asked first in their transaction, says false. Never throws. */
  writeAll(entries: readonly AuditEntry[], claim: () => boolean): void
  read(period: Period): readonly (AuditEntry & { readonly at: number })[]
}

export interface AuditOptions {
  readonly database: Database
  readonly clock: { now(): number }
  readonly log: Log
  /** Removes secrets from texts. */
  readonly redact: (text: string) => string
}

/** Milliseconds in which the same change is the same. */
const sameMs = 5_000

const insert = `INSERT INTO audit (at, origin, subject, name, action, detail)
SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM audit
  WHERE at > ?1 - ${sameMs} AND at <= ?1 AND subject = ?3 AND name = ?4 AND action = ?5 AND detail = ?6)`
const isFirst = `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM audit
  WHERE subject = ?1 AND name = ?2 AND action = ?3 AND detail = ?4 AND id > coalesce(
    (SELECT max(id) FROM audit WHERE subject = ?1 AND name = ?2 AND action IN (SELECT value FROM json_each(?5))), 0))`
const select = 'SELECT * FROM audit WHERE at >= ? AND at < ? ORDER BY at, id'

export function createAudit({ database, clock, log, redact }: AuditOptions): Audit {
  const write = createDeferredWrites(database)
  function insertEntry({ origin, subject, name, action, detail }: AuditEntry, at: number): void {
    const texts = [origin, subject, name, action, detail].map(redact)
    database.run(insert, at, ...texts)
  }

  function writeAll(entries: readonly AuditEntry[], claim: () => boolean): void {
    const at = Math.trunc(clock.now())
    try {
      write(() =>
        database.transaction(() => {
          if (claim()) for (const entry of entries) insertEntry(entry, at)
        }),
      )
    } catch (error) {
      const names = entries.map(({ subject, name, action }) => `${subject} ${redact(name)} ${action}`)
      log.error(`A change could not be put on record: ${names.join(', ')}`, error)
    }
  }

  return {
    write: (entry) => writeAll([entry], () => true),
    writeFirst(entry, beginnings) {
      const { subject, name, action, detail } = entry
      const texts = [subject, name, action, detail].map(redact)
      writeAll([entry], () => database.get(isFirst, ...texts, JSON.stringify(beginnings)) !== undefined)
    },
    writeAll,
    read: ({ from, to }) =>
      database.all(select, from, to).map((row) => ({
        at: Number(row['at']),
        origin: String(row['origin']),
        subject: auditSubjects.find((subject) => subject === row['subject']) ?? 'connection',
        name: String(row['name']),
        action: String(row['action']),
        detail: String(row['detail']),
      })),
  }
}

/** A setting's entries by their ids. */
export type Entries = ReadonlyMap<string, object>

function changedNames(before: object, after: object): readonly string[] {
  const [old, young] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  const names = new Set([...old.keys(), ...young.keys()])
  return [...names].filter((name) => JSON.stringify(old.get(name)) !== JSON.stringify(young.get(name)))
}

/** What differs between two states of a setting, by id; of a changed entry the names of its members. */
export function compareEntries(
  before: Entries,
  after: Entries,
): readonly Pick<AuditEntry, 'name' | 'action' | 'detail'>[] {
  const removed = [...before.keys()].filter((name) => !after.has(name))
  const added = [...after.keys()].filter((name) => !before.has(name))
  const changed = [...after].flatMap(([name, entry]) => {
    const old = before.get(name)
    const names = old === undefined ? [] : changedNames(old, entry)
    return names.length === 0 ? [] : [{ name, action: 'changed', detail: names.join(', ') }]
  })
  return [
    ...removed.map((name) => ({ name, action: 'removed', detail: '' })),
    ...added.map((name) => ({ name, action: 'added', detail: '' })),
    ...changed,
  ]
}
