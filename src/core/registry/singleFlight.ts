import type { Disposable } from '../ports.js'

/** One run of a task at a time. */
export interface SingleFlight extends Disposable {
  /** Joins the run that is under way, or starts one. Resolves when no run is left to wait for. */
  join(): Promise<void>
  /** Aborts the run that is under way; those who wait for it wait for the new one instead. */
  restart(): Promise<void>
}

/** `task` must not reject, and must change nothing once its signal has aborted. */
export function createSingleFlight(task: (signal: AbortSignal) => Promise<void>): SingleFlight {
  let flight: { readonly stop: AbortController; readonly done: Promise<void> } | undefined

  function start(): Promise<void> {
    const stop = new AbortController()
    const done = task(stop.signal).then(() => {
      if (flight?.stop !== stop) return flight?.done
      flight = undefined
      return undefined
    })
    flight = { stop, done }
    return done
  }

  return {
    join: () => flight?.done ?? start(),
    restart() {
      flight?.stop.abort()
      return start()
    },
    dispose: () => flight?.stop.abort(),
  }
}
