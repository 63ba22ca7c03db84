import type { Catalog } from '../catalog/catalog.js'
import { type Credentials, type KeyStatus, lacksKey } from '../credentials/credentials.js'
import type { ModelError } from '../errors.js'
import type { ListedModel } from '../model.js'
import type { Disposable } from '../ports.js'
import type { Connection, Provider, ProviderPorts } from '../provider.js'
import { createSingleFlight, type SingleFlight } from '../singleFlight.js'
import { createTimer, type Timer } from '../timer.js'
import { wrapError } from '../wrapError.js'
import type { ConnectionTests } from './connectionTests.js'
import { type KeptList, type KeptLists, sourceOf } from './keptLists.js'
import { listModels, type ModelList } from './listModels.js'
import { locationOfConnection } from './location.js'
import { findFacts, keepIdentity, offeredModels } from './offeredModels.js'
import { createPace, leastPauseMs, type Pace, type Pause } from './pace.js'
import { asksAgain, refreshInterval, retryDelay } from './refreshRhythm.js'
import type { ConnectionState, ConnectionView } from './registry.js'

export interface EntryServices {
  readonly credentials: Credentials
  readonly lists: KeptLists
  readonly catalogs: readonly Catalog[]
  readonly tests?: ConnectionTests
  readonly ports: ProviderPorts
  /** Whether anyone uses the models now; local servers are left alone otherwise. */
  inUse(): boolean
  readonly listTimeLimitMs: number
}

export interface ConnectionEntry extends Disposable {
  view(): ConnectionView
  /** Shows the list kept on disk. */
  load(): Promise<void>
  /** Takes over another configuration of the same connection; only what has changed is done again. */
  update(connection: Connection): void
  /** Joins the refresh that is under way, or starts one; a pause where the server was asked a moment ago, and is not now. */
  refresh(): Promise<Pause | undefined>
  /** The key has changed: what was asked for with the old one does not count. */
  restart(): Promise<void>
  /** A catalogue has changed: its facts are looked up again, without asking the server. */
  renewFacts(): Promise<void>
  /** Its last test has become another. */
  showTest(): void
}

interface Entry {
  readonly provider: Provider
  readonly services: EntryServices
  readonly changed: () => void
  readonly pace: Pace
  view: ConnectionView
  kept: KeptList | undefined
  failures: number
  failedSince: number
  /** The next refresh is nobody's wish, so it is not announced while there is a list to show. */
  quiet: boolean
  isDisposed: boolean
}

function isSameView(a: ConnectionView, b: ConnectionView): boolean {
  const facts = ({ connection, key, state, listedAt, leftOut, test }: ConnectionView): string => {
    const told = state.kind === 'unreachable' ? [state.since, state.error.code, state.error.message] : []
    return JSON.stringify([connection, key, state.kind, told, listedAt, leftOut, test?.at])
  }
  return a.models === b.models && facts(a) === facts(b)
}

function show(entry: Entry, patch: Partial<ConnectionView>): void {
  become(entry, { ...entry.view, ...patch })
}

function become(entry: Entry, next: ConnectionView): void {
  if (isSameView(entry.view, next)) return
  entry.view = next
  entry.changed()
}

/** Of the connection as it is: what was found at another server counts no more. */
function showTest(entry: Entry): void {
  const { test: _shown, ...view } = entry.view
  const test = entry.services.tests?.last(view.connection)
  become(entry, test === undefined ? view : { ...view, test })
}

function showList(entry: Entry, kept: KeptList | undefined, patch: Partial<ConnectionView> = {}): void {
  entry.kept = kept
  const connection = patch.connection ?? entry.view.connection
  const models = keepIdentity(
    entry.view.models,
    offeredModels({ connection, provider: entry.provider }, kept),
  )
  const { leftOut: _shown, ...view } = entry.view
  const more = kept?.leftOut === undefined ? {} : { leftOut: kept.leftOut }
  become(entry, { ...view, ...patch, ...more, models, listedAt: kept?.listedAt })
}

const locationOf = ({ view, provider }: Entry) => locationOfConnection(view.connection, provider)

const isHeldBack = (entry: Entry): boolean =>
  entry.services.ports.isLocalOnly() && locationOf(entry) === 'cloud'

/** An empty answer of a cloud is a fault of the moment; an empty local server really has no models. */
function isDoubtful(entry: Entry, models: readonly ListedModel[]): boolean {
  const known = entry.kept?.models.length ?? 0
  return models.length === 0 && known > 0 && locationOf(entry) === 'cloud'
}

async function accept(entry: Entry, list: ModelList, signal: AbortSignal): Promise<void> {
  const { services, provider, view } = entry
  const ready = { state: { kind: 'ready' } } as const
  const { models } = list
  if (isDoubtful(entry, models)) {
    services.ports.log.warn(`${view.connection.name} answered with an empty list; the earlier one is kept`)
    show(entry, ready)
    return
  }
  const facts = await findFacts(
    services.catalogs,
    { connection: view.connection, provider },
    models,
    entry.kept,
  )
  if (signal.aborted) return
  const kept = { ...list, listedAt: services.ports.clock.now(), ...facts }
  showList(entry, kept, ready)
  await services.lists.write(view.connection, kept)
}

async function renewFacts(entry: Entry): Promise<void> {
  const { kept, provider, services, view } = entry
  if (kept === undefined || isHeldBack(entry)) return
  const { connection } = view
  const facts = await findFacts(services.catalogs, { connection, provider }, kept.models, kept)
  // A list that came meanwhile has brought its own facts.
  if (entry.isDisposed || entry.kept !== kept || facts.catalogVersion === kept.catalogVersion) return
  const renewed = { ...kept, ...facts }
  showList(entry, renewed)
  await services.lists.write(connection, renewed)
}

function fail(entry: Entry, error: ModelError): ConnectionState {
  const { clock, log } = entry.services.ports
  if (entry.failures === 0) entry.failedSince = clock.now()
  entry.failures++
  log.warn(`${entry.view.connection.name}: ${error.message}`)
  return { kind: 'unreachable', since: entry.failedSince, error }
}

/** A list that another window has fetched since is as good as one of our own. */
async function adoptNewer(entry: Entry, maxAge: number, signal: AbortSignal): Promise<boolean> {
  const { lists, ports } = entry.services
  const kept = await lists.read(entry.view.connection)
  const now = ports.clock.now()
  const isNews = kept !== undefined && kept.listedAt > (entry.view.listedAt ?? 0)
  if (signal.aborted || !isNews || kept.listedAt > now || now - kept.listedAt >= maxAge) return false
  showList(entry, kept, { state: { kind: 'ready' } })
  return true
}

async function listOnce(
  entry: Entry,
  key: KeyStatus,
  signal: AbortSignal,
): Promise<ConnectionState | undefined> {
  const { provider, services, view } = entry
  const { connection } = view
  try {
    const list = await listModels({
      connection,
      provider,
      signal,
      ports: services.ports,
      key: () => services.credentials.resolve(connection),
      timeLimitMs: services.listTimeLimitMs,
    })
    if (signal.aborted) return undefined
    entry.failures = 0
    await accept(entry, list, signal)
    return undefined
  } catch (thrown) {
    if (signal.aborted) return undefined
    const error = wrapError(thrown, { provider })
    return error.code === 'unauthorized' && key.state === 'missing' ? { kind: 'noKey' } : fail(entry, error)
  } finally {
    entry.pace.note()
  }
}

/** The state that follows, where it is not "ready" with a list that is shown already. */
async function ask(entry: Entry, signal: AbortSignal): Promise<ConnectionState | undefined> {
  const key = await entry.services.credentials.status(entry.view.connection)
  if (signal.aborted) return undefined
  show(entry, { key })
  if (!entry.view.connection.enabled) return { kind: 'disabled' }
  if (isHeldBack(entry)) return { kind: 'heldBack' }
  return lacksKey(key) ? { kind: 'noKey' } : await listOnce(entry, key, signal)
}

function nextDelay(entry: Entry): number | undefined {
  const { state } = entry.view
  const location = locationOf(entry)
  if (state.kind === 'unreachable') return retryDelay(location, entry.failures, state.error)
  return state.kind === 'ready' ? refreshInterval(location) : undefined
}

async function refreshOnce(entry: Entry, timer: Timer, signal: AbortSignal): Promise<void> {
  const scheduled = entry.quiet
  entry.quiet = false
  timer.set(undefined)
  const { enabled } = entry.view.connection
  if (!scheduled) show(entry, { state: { kind: enabled ? 'refreshing' : 'disabled' } })
  const maxAge = scheduled ? refreshInterval(locationOf(entry)) : leastPauseMs
  const adopted = entry.failures === 0 && (await adoptNewer(entry, maxAge, signal))
  const state = adopted || signal.aborted ? undefined : await ask(entry, signal)
  if (signal.aborted) return
  if (state !== undefined) show(entry, { state })
  timer.set(nextDelay(entry))
}

async function hasSameKey({ services, view }: Entry): Promise<boolean> {
  return JSON.stringify(await services.credentials.status(view.connection)) === JSON.stringify(view.key)
}

function update(entry: Entry, flight: SingleFlight, connection: Connection): void {
  const before = entry.view.connection
  const isElsewhere = sourceOf(before) !== sourceOf(connection)
  if (isElsewhere) entry.failures = 0
  showList(entry, isElsewhere ? undefined : entry.kept, { connection })
  showTest(entry)
  if (asksAgain(before, connection)) void flight.restart()
}

function wake(entry: Entry, timer: Timer, flight: SingleFlight): void {
  const isIdle = locationOf(entry) === 'local' && !entry.services.inUse()
  if (isIdle) {
    timer.set(refreshInterval('local'))
    return
  }
  entry.quiet = true
  void flight.join()
}

function firstView(connection: Connection, provider: Provider): ConnectionView {
  return {
    connection,
    provider,
    state: { kind: connection.enabled ? 'refreshing' : 'disabled' },
    // Nothing is said about the key before it is known.
    key: { state: 'notNeeded' },
    models: [],
    listedAt: undefined,
  }
}

/** One connection's models: kept, listed again in time, and shown with the state of their source. */
export function createConnectionEntry(
  connection: Connection,
  provider: Provider,
  services: EntryServices,
  changed: () => void,
): ConnectionEntry {
  const view = firstView(connection, provider)
  const entry: Entry = {
    provider,
    services,
    changed,
    pace: createPace(services.ports.clock),
    view,
    kept: undefined,
    failures: 0,
    failedSince: 0,
    quiet: false,
    isDisposed: false,
  }
  const timer = createTimer(services.ports.clock, () => wake(entry, timer, flight))
  const flight = createSingleFlight((signal) => refreshOnce(entry, timer, signal))
  return {
    view: () => entry.view,
    async load() {
      const [kept] = await Promise.all([services.lists.read(entry.view.connection), services.tests?.load()])
      showList(entry, kept)
      showTest(entry)
    },
    update: (next) => update(entry, flight, next),
    async refresh() {
      const pause = flight.isRunning() ? undefined : entry.pace.pause()
      if (pause !== undefined && (await hasSameKey(entry))) return pause
      await flight.join()
      return undefined
    },
    restart: () => flight.restart(),
    renewFacts: () => renewFacts(entry),
    showTest: () => showTest(entry),
    dispose() {
      entry.isDisposed = true
      timer.dispose()
      flight.dispose()
    },
  }
}
