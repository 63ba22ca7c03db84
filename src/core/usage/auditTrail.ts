import type { Event } from '../event.js'
import type { Disposable, Log } from '../ports.js'
import type { Connection } from '../provider.js'
import { type Audit, type AuditEntry, compareEntries, type Entries } from './audit.js'
import { type KeyWatchOptions, watchKeys } from './auditKeys.js'
import type { SeenSettings } from './auditSeen.js'

/** A setting with entries that have ids, as it is now: what the user wrote, so that only the user changes it. */
export interface AuditedSetting {
  readonly subject: AuditEntry['subject']
  readonly entries: () => Entries
  readonly onDidChange: Event<void>
}

export interface AuditTrailOptions extends KeyWatchOptions {
  readonly audit: Pick<Audit, 'write' | 'writeAll' | 'writeFirst'>
  readonly seen: SeenSettings
  readonly settings: readonly AuditedSetting[]
  readonly log: Log
}

const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path

/** What the embedded engine runs, and how: each file, and the engine's settings by their connection's id. */
export function auditedRuntimes(connections: readonly Connection[]): ReadonlyMap<string, object> {
  return new Map(
    connections.flatMap(({ id, fields: { files, ...settings } }) => [
      [id, settings] as const,
      ...(Array.isArray(files) ? files.map((file) => [`${id}/${fileName(file)}`, {}] as const) : []),
    ]),
  )
}

function watchSetting(
  { subject, entries, onDidChange }: AuditedSetting,
  { audit, seen, log }: AuditTrailOptions,
): Disposable {
  let known = entries()
  try {
    seen.discover(subject, known)
  } catch (error) {
    log.error(`What was changed of each ${subject} while no window was open could not be looked up`, error)
  }
  return onDidChange(() => {
    const before = known
    const now = entries()
    known = now
    const changes = compareEntries(before, now)
    if (changes.length === 0) return
    const remember = (): true => {
      seen.remember(subject, now)
      return true
    }
    audit.writeAll(
      changes.map((change) => ({ subject, origin: 'settings', ...change })),
      remember,
    )
  })
}

/**
 * Puts on record what was changed since a window looked last, and what is changed while this one is open: names of entries
 * and of their members, never a value.
 */
export function createAuditTrail(options: AuditTrailOptions): Disposable {
  const watches = [...options.settings.map((setting) => watchSetting(setting, options)), watchKeys(options)]
  return {
    dispose() {
      for (const watch of watches) watch.dispose()
    },
  }
}
