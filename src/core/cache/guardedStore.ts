import type { Clock, Disposable, Log } from '../ports.js'
import type { CacheEntry, CacheStore } from './store.js'

/** A store that may be missing: a request never fails because of it. */
export interface GuardedStore extends Disposable {
  /** Undefined also where the store cannot be read. */
  get(key: string): Promise<CacheEntry | undefined>
  /** Does nothing where the store cannot be written. */
  set(entry: CacheEntry): Promise<void>
  /** The store itself, for what its user wants done or to be told. Rejects where it cannot be opened. */
  open(): Promise<CacheStore>
}

export interface GuardOptions {
  readonly open: () => Promise<CacheStore>
  readonly clock: Clock
  readonly log: Log
}

/** Milliseconds before a store that could not be opened is tried again. */
const retryDelay = 10_000

/** Opens the store when it is first needed. The first failure in a row goes to the log, and so does its end. */
export function guardStore({ open, clock, log }: GuardOptions): GuardedStore {
  let opening: Promise<CacheStore> | undefined
  let retryAt = Number.NEGATIVE_INFINITY
  let isFailing = false
  let isDisposed = false

  function openOnce(): Promise<CacheStore> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      retryAt = clock.monotonic() + retryDelay
      throw error
    })
    return opening
  }

  async function attempt<T>(work: (store: CacheStore) => Promise<T>): Promise<T | undefined> {
    if (isDisposed || (opening === undefined && clock.monotonic() < retryAt)) return undefined
    try {
      const result = await work(await openOnce())
      if (isFailing) log.info('The response cache works again')
      isFailing = false
      return result
    } catch (error) {
      if (!isFailing) log.error('The response cache could not be used; requests go on without it', error)
      isFailing = true
      return undefined
    }
  }

  return {
    get: (key) => attempt((store) => store.get(key)),
    set: (entry) => attempt((store) => store.set(entry)),
    open: openOnce,
    dispose() {
      isDisposed = true
      opening?.then(
        (store) => store.dispose(),
        () => {},
      )
    },
  }
}
