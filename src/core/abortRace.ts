export interface AbortRace {
  /** The task's outcome, or a rejection with the signal's reason as soon as it aborts. One task at a time. */
  run<T>(task: Promise<T>): Promise<T>
  dispose(): void
}

/**
 * Stops waiting as soon as the signal aborts, however long a task takes to notice. One listener serves all parts of
 * a stream, and whatever else is to be told.
 */
export function createAbortRace(signal: AbortSignal, onAbort?: (reason: unknown) => void): AbortRace {
  let abandon: (reason: unknown) => void = () => {}
  const listener = (): void => {
    abandon(signal.reason)
    onAbort?.(signal.reason)
  }
  signal.addEventListener('abort', listener, { once: true })
  return {
    run<T>(task: Promise<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        abandon = reject
        task.then(resolve, reject)
        if (signal.aborted) listener()
      })
    },
    dispose: () => signal.removeEventListener('abort', listener),
  }
}
