import type { Clock, Disposable } from './ports.js'

/** Calls `fire` once, `ms` after the latest `set`; undefined means not at all. */
export interface Timer extends Disposable {
  set(ms: number | undefined): void
}

export function createTimer(clock: Clock, fire: () => void): Timer {
  let pending = new AbortController()
  return {
    set(ms) {
      pending.abort()
      if (ms === undefined) return
      pending = new AbortController()
      // Sleep rejects only when it is aborted, and then there is nothing to do.
      clock.sleep(ms, pending.signal).then(fire, () => {})
    },
    dispose: () => pending.abort(),
  }
}
