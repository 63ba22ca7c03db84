import { createEmitter } from '../event.js'
import { formatModelRef, type ModelInfo } from '../model.js'
import type { Disposable, FileStore } from '../ports.js'
import type { Connection, Provider, ProviderTable } from '../provider.js'
import { type ConnectionEntry, createConnectionEntry, type EntryServices } from './connectionEntry.js'
import type { Connections } from './connections.js'
import { createKeptLists, type KeptLists } from './keptLists.js'
import { listTimeLimitMs } from './listModels.js'
import { locationOfConnection } from './location.js'
import type { ConnectionView, RefreshPause, Registry } from './registry.js'

export interface RegistryOptions extends Omit<EntryServices, 'lists' | 'listTimeLimitMs'> {
  readonly connections: Connections
  readonly providers: ProviderTable
  readonly files: FileStore
  /** Milliseconds that one listing may take; 15 s where absent. */
  readonly listTimeLimitMs?: number
  /** Fires when clouds may be asked again, or must not be asked any more. */
  readonly onDidChangeLocalOnly?: (listener: () => void) => Disposable
}

interface Entries extends Disposable {
  list(): readonly ConnectionEntry[]
  get(connectionId: string): ConnectionEntry | undefined
  /** Makes the entries what the connections are; the promise is that of the lists on disk. */
  reconcile(refreshNew: boolean): Promise<void>
  /** Ends what is under way for clouds, and asks again if that is allowed. */
  restartClouds(): void
}

/** What the views say together, computed again only when one of them has changed. */
function createSummary(entries: Entries) {
  let views: readonly ConnectionView[] | undefined
  let models: readonly ModelInfo[] = []
  let byRef: ReadonlyMap<string, ModelInfo> = new Map()

  function compute(): readonly ConnectionView[] {
    const next = entries.list().map((entry) => entry.view())
    const offered = next.filter((view) => view.connection.enabled).flatMap((view) => view.models)
    const isSame =
      offered.length === models.length && offered.every((model, index) => model === models[index])
    if (!isSame) {
      models = offered
      byRef = new Map(offered.map((model) => [formatModelRef(model), model]))
    }
    return next
  }

  const current = (): readonly ConnectionView[] => (views ??= compute())
  return {
    invalidate: () => void (views = undefined),
    views: current,
    models(): readonly ModelInfo[] {
      current()
      return models
    },
    find(ref: string): ModelInfo | undefined {
      current()
      return byRef.get(ref)
    },
  }
}

interface EntriesOptions {
  readonly connections: Connections
  readonly providers: ProviderTable
  readonly services: EntryServices
  readonly lists: KeptLists
  readonly changed: () => void
}

/** Connections that can be used: the first of each id, of a provider that exists. */
function usable({ connections, providers, services }: EntriesOptions): Map<string, [Connection, Provider]> {
  const found = new Map<string, [Connection, Provider]>()
  for (const connection of connections.list()) {
    const provider = providers.find((row) => row.id === connection.provider)
    if (provider === undefined) {
      services.ports.log.warn(`${connection.name}: there is no provider "${connection.provider}"`)
    } else if (!found.has(connection.id)) {
      found.set(connection.id, [connection, provider])
    }
  }
  return found
}

/** Entries by connection id, in the order of the connections. */
function createEntries(options: EntriesOptions): Entries {
  const { services, changed } = options
  let entries: ReadonlyMap<string, ConnectionEntry> = new Map()
  let isDisposed = false

  function removeOld(next: ReadonlyMap<string, ConnectionEntry>): void {
    for (const [id, entry] of entries) {
      if (next.get(id) === entry) continue
      entry.dispose()
      // A setting that cannot be read has not been removed: its list is kept for when it is mended.
      const isRemoved = !next.has(id) && options.connections.problems().length === 0
      if (!isRemoved) continue
      void options.lists.delete(id)
      void services.tests?.forget(id)
    }
  }

  async function open(entry: ConnectionEntry, refresh: boolean): Promise<void> {
    await entry.load()
    if (refresh && entries.get(entry.view().connection.id) === entry) await entry.refresh()
  }

  return {
    list: () => [...entries.values()],
    get: (id) => entries.get(id),
    async reconcile(refreshNew) {
      if (isDisposed) return
      const next = new Map<string, ConnectionEntry>()
      const opened: ConnectionEntry[] = []
      for (const [id, [connection, provider]] of usable(options)) {
        const known = entries.get(id)
        const isKnown = known !== undefined && known.view().provider === provider
        const entry = isKnown ? known : createConnectionEntry(connection, provider, services, changed)
        if (isKnown) entry.update(connection)
        else opened.push(entry)
        next.set(id, entry)
      }
      const before = [...entries.keys()].join('/')
      removeOld(next)
      entries = next
      if (opened.length > 0 || before !== [...next.keys()].join('/')) changed()
      await Promise.all(opened.map((entry) => open(entry, refreshNew)))
    },
    restartClouds() {
      for (const entry of entries.values()) {
        const { connection, provider } = entry.view()
        if (locationOfConnection(connection, provider) === 'cloud') void entry.restart()
      }
    },
    dispose() {
      isDisposed = true
      for (const entry of entries.values()) entry.dispose()
      entries = new Map()
    },
  }
}

/** Those that were asked a moment ago are left alone, and their pauses are the answer. */
async function refreshEntries(asked: readonly ConnectionEntry[]): Promise<readonly RefreshPause[]> {
  const pauses = await Promise.all(
    asked.map(async (entry) => {
      const pause = await entry.refresh()
      return pause === undefined ? [] : [{ ...pause, connection: entry.view().connection }]
    }),
  )
  return pauses.flat()
}

/** The models usable now, of every connection; nothing is read or asked before `start`. */
export function createRegistry(options: RegistryOptions): Registry {
  const lists = createKeptLists(options.files, options.ports.log)
  const services = { ...options, lists, listTimeLimitMs: options.listTimeLimitMs ?? listTimeLimitMs }
  const emitter = createEmitter<void>()
  const subscriptions: Disposable[] = []
  // The lists on disk come one by one; they are announced as one change.
  let isLoading = false
  const changed = (): void => {
    summary.invalidate()
    if (!isLoading) emitter.fire()
  }
  const entries = createEntries({ ...options, services, lists, changed })
  const summary = createSummary(entries)

  async function refresh(connectionId?: string): Promise<readonly RefreshPause[]> {
    if (connectionId === undefined) return await refreshEntries(entries.list())
    const known = entries.get(connectionId)
    if (known !== undefined) return await refreshEntries([known])
    // A connection that has just been saved may not have been announced yet.
    await entries.reconcile(true)
    return []
  }

  const renewFacts = (): void => {
    for (const entry of entries.list()) void entry.renewFacts()
  }

  return {
    async start() {
      subscriptions.push(
        options.connections.onDidChange(() => void entries.reconcile(true)),
        options.credentials.onDidChange((id) => void entries.get(id)?.restart()),
        ...(options.tests === undefined
          ? []
          : [options.tests.onDidChange((id) => entries.get(id)?.showTest())]),
        ...options.catalogs.flatMap((catalog) => catalog.onDidChange?.(renewFacts) ?? []),
        ...[options.onDidChangeLocalOnly?.(() => entries.restartClouds())].filter((one) => one !== undefined),
      )
      isLoading = true
      await entries.reconcile(false)
      isLoading = false
      if (entries.list().length > 0) changed()
      void refresh()
    },
    views: () => summary.views(),
    models: () => summary.models(),
    find: (ref) => summary.find(formatModelRef(ref)),
    view: (id) => entries.get(id)?.view(),
    refresh,
    onDidChange: emitter.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      entries.dispose()
      emitter.dispose()
      summary.invalidate()
    },
  }
}
