/** Lets one user in at a time, in the order in which they came. */
export interface Line {
  /** Waits for its turn, and answers with the function that ends it. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>
}

export function createLine(): Line {
  const waiting: (() => void)[] = []
  let taken = false

  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) taken = false
    else next()
  }

  return {
    async enter(signal) {
      signal.throwIfAborted()
      if (taken) await waitFor(waiting, signal)
      taken = true
      let left = false
      return () => {
        if (left) return
        left = true
        leave()
      }
    },
  }
}

function waitFor(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const proceed = (): void => {
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const stop = (): void => {
      waiting.splice(waiting.indexOf(proceed), 1)
      reject(signal.reason)
    }
    waiting.push(proceed)
    signal.addEventListener('abort', stop, { once: true })
  })
}
