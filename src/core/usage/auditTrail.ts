import type { Credentials } from '../credentials/credentials.js'
import type { Event } from '../event.js'
import type { Disposable, Log } from '../ports.js'
import type { Connection } from '../provider.js'
import { type Audit, type AuditEntry, compareEntries } from './audit.js'

/** A setting with entries that have ids, as it is now. */
export interface AuditedSetting {
  readonly subject: AuditEntry['subject']
  readonly entries: () => ReadonlyMap<string, object>
  readonly onDidChange: Event<void>
}

export interface AuditTrailOptions {
  readonly audit: Pick<Audit, 'write'>
  readonly settings: readonly AuditedSetting[]
  readonly credentials: Pick<Credentials, 'status' | 'onDidChange'>
  readonly connection: (id: string) => Connection | undefined
  readonly log: Log
}

/** Connections by id, with their providers' fields beside their own, so that each is named. */
export function auditedConnections(connections: readonly Connection[]): ReadonlyMap<string, object> {
  return new Map(connections.map(({ id, fields, ...own }) => [id, { ...own, ...fields }]))
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
  audit: Pick<Audit, 'write'>,
): Disposable {
  let known = entries()
  return onDidChange(() => {
    const before = known
    known = entries()
    for (const change of compareEntries(before, known))
      audit.write({ subject, origin: 'settings', ...change })
  })
}

function watchKeys({ audit, credentials, connection, log }: AuditTrailOptions): Disposable {
  const origin = 'secret storage'

  async function note(id: string): Promise<void> {
    const owner = connection(id)
    const state = owner === undefined ? 'missing' : (await credentials.status(owner)).state
    const action = state === 'stored' ? 'stored' : 'removed'
    audit.write({ subject: 'key', name: id, action, detail: '', origin })
  }

  return credentials.onDidChange((id) => {
    note(id).catch((error: unknown) => log.error('A change of a key could not be put on record', error))
  })
}

/** Puts on record what is changed while this window is open: names of entries and of their members, never a value. */
export function createAuditTrail(options: AuditTrailOptions): Disposable {
  const watches = [
    ...options.settings.map((setting) => watchSetting(setting, options.audit)),
    watchKeys(options),
  ]
  return {
    dispose() {
      for (const watch of watches) watch.dispose()
    },
  }
}
