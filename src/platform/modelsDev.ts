import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Catalog, CatalogPlace } from '../core/catalog/catalog.js'
import { originOf } from '../core/credentials/origin.js'
import { dayMs, hourMs } from '../core/durations.js'
import { isModelError } from '../core/errors.js'
import { createEmitter } from '../core/event.js'
import type { ModelFacts } from '../core/model.js'
import type { Clock, Disposable, Fetch, FileStore, Log } from '../core/ports.js'
import type { ProviderTable } from '../core/provider.js'
import type { PublishedProvider, PublishedProviders } from './modelsDev/reduce.js'
import type { CatalogState, CatalogStore } from './modelsDev/store.js'

interface CatalogSettings {
  readonly enabled: boolean
  readonly url: string
}

export interface ModelsDevOptions {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly log: Log
  readonly files: FileStore
  readonly providers: ProviderTable
  readonly settings: () => CatalogSettings
}

/** models.dev's ids where they are not ours. */
const theirIds: Readonly<Record<string, string>> = {
  together: 'togetherai',
  fireworks: 'fireworks-ai',
  'azure-openai': 'azure',
}

/** Providers whose customers have a host each, all of them below these. */
const theirHosts: Readonly<Record<string, RegExp>> = {
  'azure-openai': /\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)$/,
}

const theirId = (provider: string): string => theirIds[provider] ?? provider

type Models = Readonly<Record<string, ModelFacts>>

/** What is in memory: only the models of places that were asked about. */
interface Held {
  readonly hash: string | undefined
  readonly byPlace: ReadonlyMap<string, Models | undefined>
}

interface Running {
  readonly options: ModelsDevOptions
  readonly signal: AbortSignal
  readonly places: Map<string, CatalogPlace>
  /** Read again from disk, where other windows write it too. */
  state: CatalogState | undefined
  held: Held
  reading: Promise<void> | undefined
  renewing: Promise<void> | undefined
  /** Monotonic milliseconds of the last try of this window. */
  triedAt: number | undefined
}

const keyOf = ({ provider, baseUrl = '' }: CatalogPlace): string => `${provider} ${baseUrl}`

/** A server on this machine or in a private network has no published facts, and says nothing about the internet. */
function isPublic({ baseUrl }: CatalogPlace): boolean {
  if (baseUrl === undefined) return true
  const { hostname = '' } = URL.parse(baseUrl) ?? {}
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
  return (
    hostname.includes('.') && !isAddress && !/\.(?:local|localhost|internal|lan|home|corp)$/.test(hostname)
  )
}

function isActive({ options }: Running, place: CatalogPlace): boolean {
  const { enabled, url } = options.settings()
  return enabled && originOf(url) !== undefined && isPublic(place)
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')

function findModels(
  { options }: Running,
  providers: PublishedProviders,
  place: CatalogPlace,
): Models | undefined {
  const { provider, baseUrl } = place
  const own = (id: string) => (Object.hasOwn(providers, id) ? providers[id]?.models : undefined)
  const hostname = URL.parse(baseUrl ?? '')?.hostname ?? ''
  if (baseUrl === undefined || theirHosts[provider]?.test(hostname) === true) return own(theirId(provider))
  const origin = originOf(baseUrl)
  const row = options.providers.find(
    (each) => each.baseUrl !== undefined && originOf(each.baseUrl) === origin,
  )
  if (row !== undefined) return own(theirId(row.id))
  const same = Object.values(providers).filter(({ api }) => originOf(api) === origin)
  const exact = same.find(({ api = '' }) => withoutSlash(api) === withoutSlash(baseUrl))
  return (exact ?? (same.length === 1 ? same[0] : undefined))?.models
}

function hold(running: Running, hash: string | undefined, providers: PublishedProviders): void {
  const found = [...running.places].map(
    ([key, place]) => [key, findModels(running, providers, place)] as const,
  )
  running.held = { hash, byPlace: new Map(found) }
}

async function openStore({ options }: Running): Promise<CatalogStore> {
  const { createCatalogStore } = await import('./modelsDev/store.js')
  return createCatalogStore(options.files, options.log)
}

/** Another window may have renewed the copy since. */
async function readState(running: Running): Promise<void> {
  const store = await openStore(running)
  const read = await store.readState()
  if (read !== undefined && read.checkedAt >= (running.state?.checkedAt ?? 0)) running.state = read
}

async function readCopy(running: Running): Promise<void> {
  const { state } = running
  if (state === undefined) return
  const store = await openStore(running)
  const providers = await store.readProviders(state.hash)
  if (running.state?.hash !== state.hash) return
  if (providers !== undefined) {
    hold(running, state.hash, providers)
    return
  }
  // Without its copy a state would only keep a new one from being fetched.
  running.state = { url: state.url, checkedAt: 0, hash: 'none' }
  await store.writeState(running.state)
}

function isDue({ options, state, triedAt }: Running): boolean {
  const { clock, settings } = options
  if (triedAt !== undefined && clock.monotonic() - triedAt < hourMs) return false
  const age = state === undefined ? dayMs : clock.now() - state.checkedAt
  return state?.url !== settings().url || age < 0 || age >= dayMs
}

interface Fetched {
  readonly url: string
  readonly body: unknown
  readonly etag: string | undefined
}

/** The facts, and their text. Others get their turn between two providers: it is thousands of models. */
async function reduce({ options }: Running, body: unknown) {
  const { reduceCatalog } = await import('./modelsDev/reduce.js')
  const wanted = new Set(options.providers.map(({ id }) => theirId(id)))
  const entries: (readonly [string, PublishedProvider])[] = []
  const texts: string[] = []
  for (const entry of reduceCatalog(body, (id, api) => wanted.has(id) || originOf(api) !== undefined)) {
    entries.push(entry)
    texts.push(`${JSON.stringify(entry[0])}:${JSON.stringify(entry[1])}`)
    await setImmediate()
  }
  return { providers: Object.fromEntries(entries), json: `{${texts.join(',')}}`, isEmpty: texts.length === 0 }
}

async function takeOver(running: Running, { url, body, etag }: Fetched): Promise<void> {
  const { options, state } = running
  const { providers, json, isEmpty } = await reduce(running, body)
  if (isEmpty) {
    const place = originOf(url) ?? url
    options.log.warn(`The model catalogue at ${place} has a shape that is not known; it is ignored`)
    return
  }
  const hash = createHash('sha256').update(json).digest('hex').slice(0, 16)
  const store = await openStore(running)
  if (hash !== state?.hash) await store.writeProviders(hash, json)
  running.state = { url, checkedAt: options.clock.now(), hash, ...(etag === undefined ? {} : { etag }) }
  hold(running, hash, providers)
  await store.writeState(running.state)
}

/** Never rejects: an older copy serves as long as there is no newer one. */
async function renew(running: Running): Promise<void> {
  const { options, signal, state } = running
  const { fetch, clock, log, settings } = options
  const { url } = settings()
  running.triedAt = clock.monotonic()
  try {
    const { downloadCatalog } = await import('./modelsDev/download.js')
    const etag = state?.url === url ? state.etag : undefined
    const answer = await downloadCatalog({ fetch, clock, url, etag, signal })
    if (signal.aborted) return
    if (answer.body !== undefined || state === undefined) await takeOver(running, { url, ...answer })
    else {
      running.state = { ...state, checkedAt: clock.now() }
      await (await openStore(running)).writeState(running.state)
    }
  } catch (error) {
    if (signal.aborted) return
    const what = isModelError(error) ? error.message : 'could not be read'
    log.info(`The model catalogue at ${originOf(url) ?? url} ${what}; what is known of models stays as it is`)
  }
}

export interface ModelsDevCatalog extends Catalog, Disposable {
  /** Resolves when nothing is being renewed. */
  settled(): Promise<void>
}

/**
 * Facts from models.dev, fetched in the background at most daily, without a key, and served from disk however old
 * they are.
 */
export function createModelsDevCatalog(options: ModelsDevOptions): ModelsDevCatalog {
  const stop = new AbortController()
  const changed = createEmitter<void>()
  const running: Running = {
    options,
    signal: stop.signal,
    places: new Map(),
    state: undefined,
    held: { hash: undefined, byPlace: new Map() },
    reading: undefined,
    renewing: undefined,
    triedAt: undefined,
  }
  const versionNow = (): string =>
    `models.dev@${options.settings().enabled ? (running.state?.hash ?? 'none') : 'off'}`
  async function renewAndTell(): Promise<void> {
    const before = versionNow()
    await renew(running)
    running.renewing = undefined
    if (!stop.signal.aborted && versionNow() !== before) changed.fire()
  }
  return {
    source: 'catalog',
    get version() {
      return versionNow()
    },
    onDidChange: changed.event,
    async prepare(place) {
      if (!isActive(running, place) || stop.signal.aborted) return
      running.places.set(keyOf(place), place)
      await readState(running)
      if (isDue(running)) running.renewing ??= renewAndTell()
    },
    async load(place) {
      if (!isActive(running, place)) return
      const { held, places, state } = running
      places.set(keyOf(place), place)
      if (state === undefined || (held.hash === state.hash && held.byPlace.has(keyOf(place)))) return
      await (running.reading ??= readCopy(running).finally(() => (running.reading = undefined)))
    },
    lookup(place, model) {
      if (!isActive(running, place)) return undefined
      const models = running.held.byPlace.get(keyOf(place))
      const facts = models !== undefined && Object.hasOwn(models, model) ? models[model] : undefined
      return facts === undefined ? undefined : { source: 'catalog', facts }
    },
    settled: async () => await running.renewing,
    dispose() {
      stop.abort()
      changed.dispose()
    },
  }
}
