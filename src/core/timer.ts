import type { Clock, Disposable } from './ports.js'

/** Calls `fire` once, `ms` after the latest `set`; undefined means not at all. */
export interface Timer extends Disposable {
  set(ms: number | undefined): void
}

export function createTimer(clock: Pick<Clock, 'alarm' | 'monotonic'>, fire: () => void): Timer {
  let stop: (() => void) | undefined
  let end = 0
  const clear = (): void => {
    stop?.()
    stop = undefined
  }
  const wait = (): void => {
    stop = clock.alarm(Math.max(0, end - clock.monotonic()), ring)
  }
  /** An alarm may ring too early where it is weeks away. */
  const ring = (): void => {
    stop = undefined
    if (clock.monotonic() < end) wait()
    else fire()
  }
  return {
    set(ms) {
      clear()
      if (ms === undefined) return
      end = clock.monotonic() + ms
      wait()
    },
    dispose: clear,
  }
}
