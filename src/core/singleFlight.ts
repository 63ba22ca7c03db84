import type { Disposable } from './ports.js'

/** One run of a task at a time. */
export interface SingleFlight extends Disposable {
  isRunning(): boolean
  /** Joins the run that is under way, or starts one. Resolves when no run is left to wait for. */
  join(): Promise<void>
  /** Aborts the run that is under way; those who wait for it wait for the new one instead. */
  restart(): Promise<void>
}

/** `task` must change nothing once its signal has aborted. Where it rejects, so do those who wait; the next call runs it anew. */
export function createSingleFlight(task: (signal: AbortSignal) => Promise<void>): SingleFlight {
  let flight: { readonly stop: AbortController; readonly done: Promise<void> } | undefined

  async function run(stop: AbortController): Promise<void> {
    try {
      await task(stop.signal)
    } finally {
      if (flight?.stop === stop) flight = undefined
    }
    await flight?.done
  }

  function start(): Promise<void> {
    const stop = new AbortController()
    const done = run(stop)
    flight = { stop, done }
    return done
  }

  return {
    isRunning: () => flight !== undefined,
    join: () => flight?.done ?? start(),
    restart() {
      flight?.stop.abort()
      return start()
    },
    dispose: () => flight?.stop.abort(),
  }
}
