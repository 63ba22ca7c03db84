import { canonicalForm, type Sha256 } from '../cache/key.js'
import { isRecord } from '../json.js'
import type { Database } from '../ports.js'
import { type Audit, type AuditEntry, compareEntries, type Entries } from './audit.js'

export interface SeenSettingsOptions {
  readonly database: Database
  readonly audit: Pick<Audit, 'writeAll'>
  readonly sha256: Sha256
  readonly createId: () => string
}

/** The settings under audit as any window saw them last. */
export interface SeenSettings {
  /**
   * Puts on record what is different since then; where several windows find it at once, one does. The first time there
   * is nothing to compare with, and where nothing can be written, nothing is. Throws ModelError `not-saved`.
   */
  discover(subject: AuditEntry['subject'], entries: Entries): void
  /** For the transaction that puts on record what led to these entries. */
  remember(subject: AuditEntry['subject'], entries: Entries): void
}

/** The time on record is that of the discovery: when it was changed is not known. */
const origin = 'settings, while no window was open'

/** Digits of a hash: enough to tell two values apart. */
const hashLength = 16

const find = 'SELECT salt, entries FROM audit_seen WHERE subject = ?'
const begin =
  'INSERT INTO audit_seen (subject, salt, entries) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET salt = excluded.salt, entries = excluded.entries'
const replace = 'UPDATE audit_seen SET entries = ? WHERE subject = ? AND salt = ? AND entries = ?'

function parseEntries(text: string): Entries {
  const value: unknown = JSON.parse(text)
  if (!isRecord(value)) return new Map()
  return new Map(Object.entries(value).flatMap(([name, entry]) => (isRecord(entry) ? [[name, entry]] : [])))
}

export function createSeenSettings({ database, audit, sha256, createId }: SeenSettingsOptions): SeenSettings {
  function hashEntry(name: string, entry: object, salt: string): object {
    const members = Object.entries(entry).filter(([, value]) => value !== undefined)
    const hash = (member: string, value: unknown): string =>
      sha256(canonicalForm([salt, name, member, value], sha256)).slice(0, hashLength)
    return Object.fromEntries(members.map(([member, value]) => [member, hash(member, value)]))
  }

  const hashEntries = (entries: Entries, salt: string): Entries =>
    new Map(Array.from(entries, ([name, entry]) => [name, hashEntry(name, entry, salt)]))

  const write = (entries: Entries): string => JSON.stringify(Object.fromEntries(entries))

  function remember(subject: AuditEntry['subject'], entries: Entries): void {
    const salt = createId()
    database.run(begin, subject, salt, write(hashEntries(entries, salt)))
  }

  return {
    remember,
    discover(subject, entries) {
      if (database.readOnly) return
      const row = database.get(find, subject)
      if (row === undefined) {
        remember(subject, entries)
        return
      }
      const [salt, before] = [String(row['salt']), String(row['entries'])]
      const now = hashEntries(entries, salt)
      const changes = compareEntries(parseEntries(before), now)
      if (changes.length === 0) return
      audit.writeAll(
        changes.map((change) => ({ subject, origin, ...change })),
        () => database.run(replace, write(now), subject, salt, before).changes === 1,
      )
    },
  }
}
