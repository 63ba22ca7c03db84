import type { Clock, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import type { CacheEntry, CacheStore } from './store.js'

/** A store that may be missing: a request never fails because of it. */
export interface GuardedStore extends Disposable {
  /** Undefined also where the store cannot be read. */
  get(key: string): Promise<CacheEntry | undefined>
  /**
   * Keeps an entry a moment later: whoever has asked for an answer does not wait for what others may want of it. Until then
   * it is read from memory. Does nothing where the store cannot be written.
   */
  set(key: string, make: () => CacheEntry): void
  /** The store itself, with all that was kept, for what its user wants done or to be told. Rejects where it cannot be opened. */
  open(): Promise<CacheStore>
}

export interface GuardOptions {
  readonly open: () => Promise<CacheStore>
  readonly clock: Clock
  readonly log: Log
}

/** Milliseconds before a store that could not be opened is tried again. */
const retryDelay = 10_000

/** Milliseconds. What was kept at about the same time is written together: to begin and to end costs more than to write. */
const groupMs = 50

/** Entries that are written at once; others have their turn between two such groups. */
const mostAtOnce = 64

type Attempt = <T>(work: (store: CacheStore) => Promise<T>) => Promise<T | undefined>

/** Entries on their way to the store. */
function createWriteQueue(attempt: Attempt, clock: Clock) {
  const waiting = new Map<string, () => CacheEntry>()
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    while (waiting.size > 0) {
      const group = Array.from(waiting).slice(0, mostAtOnce)
      await attempt((store) => store.set(...group.map(([, make]) => make())))
      for (const [key, make] of group) if (waiting.get(key) === make) waiting.delete(key)
      if (waiting.size > 0) await clock.sleep(0)
    }
  }

  /** Never rejects: what cannot be written is lost, as the log says. */
  const flush = (): Promise<void> => (writing ??= write().finally(() => (writing = undefined)))
  const timer = createTimer(clock, () => void flush())

  return {
    flush,
    get: (key: string): CacheEntry | undefined => waiting.get(key)?.(),
    add(key: string, make: () => CacheEntry): void {
      // What is replaced while it is written is written once more.
      waiting.delete(key)
      waiting.set(key, make)
      if (waiting.size === 1) timer.set(groupMs)
      else if (waiting.size >= mostAtOnce) void flush()
    },
    dispose: () => timer.dispose(),
  }
}

/** Opens the store when it is first needed. The first failure in a row goes to the log, and so does its end. */
export function guardStore({ open, clock, log }: GuardOptions): GuardedStore {
  let opening: Promise<CacheStore> | undefined
  let opened: CacheStore | undefined
  let retryAt = Number.NEGATIVE_INFINITY
  let isFailing = false
  let isClosed = false

  function openOnce(): Promise<CacheStore> {
    opening ??= open().then(
      (store) => (opened = store),
      (error: unknown) => {
        opening = undefined
        retryAt = clock.monotonic() + retryDelay
        throw error
      },
    )
    return opening
  }

  async function attempt<T>(work: (store: CacheStore) => Promise<T>): Promise<T | undefined> {
    if (isClosed || (opening === undefined && clock.monotonic() < retryAt)) return undefined
    try {
      const result = await work(opened ?? (await openOnce()))
      if (isFailing) log.info('The response cache works again')
      isFailing = false
      return result
    } catch (error) {
      if (!isFailing) log.error('The response cache could not be used; requests go on without it', error)
      isFailing = true
      return undefined
    }
  }

  const queue = createWriteQueue(attempt, clock)

  async function close(): Promise<void> {
    await queue.flush()
    queue.dispose()
    isClosed = true
    await opening?.then(
      (store) => store.dispose(),
      () => {},
    )
  }

  return {
    async get(key) {
      return queue.get(key) ?? (await attempt((store) => store.get(key)))
    },
    set(key, make) {
      if (!isClosed) queue.add(key, make)
    },
    async open() {
      await queue.flush()
      return await openOnce()
    },
    dispose: () => void close(),
  }
}
