import type { Disposable } from './ports.js'

export interface RetriedLoad<T> {
  (): Promise<T>
  /** What was asked for, if it was. */
  loaded(): Promise<T> | undefined
  /** What was loaded; undefined before. */
  now(): T | undefined
}

/** Calls once for all who wait, and again for the next one where it has failed. */
export function createRetriedLoad<T>(load: () => Promise<T>): RetriedLoad<T> {
  let loading: Promise<T> | undefined
  let now: T | undefined
  const get = (): Promise<T> => {
    if (loading !== undefined) return loading
    const current = load()
    loading = current
    current.then(
      (loaded) => void (now = loaded),
      () => {
        if (loading === current) loading = undefined
      },
    )
    return current
  }
  return Object.assign(get, { loaded: () => loading, now: () => now })
}

/** The same for what has to be disposed of: once it is loaded, if it ever is. */
export function createLateResource<T extends Disposable>(
  load: () => Promise<T>,
): RetriedLoad<T> & Disposable {
  const get = createRetriedLoad(load)
  return Object.assign(get, {
    // Who asked for it is told of a load that failed.
    dispose: () =>
      void get.loaded()?.then(
        (resource) => resource.dispose(),
        () => {},
      ),
  })
}
