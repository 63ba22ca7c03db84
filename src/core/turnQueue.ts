/** Gives each key's turn to one at a time, in the order in which they asked. */
export interface TurnQueue {
  /** Whether nobody has or awaits the turn. */
  isFree(key: string): boolean
  /** Resolves with what ends the turn; rejects with the signal's reason, and then the turn goes to the next. */
  take(key: string, signal: AbortSignal): Promise<() => void>
}

interface Waiter {
  readonly begin: () => void
}

export function createTurnQueue(): TurnQueue {
  /** Of each key, who has the turn and who awaits it. */
  const queues = new Map<string, Waiter[]>()

  function leave(key: string, waiter: Waiter): void {
    const queue = queues.get(key) ?? []
    const index = queue.indexOf(waiter)
    if (index < 0) return
    queue.splice(index, 1)
    if (queue.length === 0) queues.delete(key)
    else if (index === 0) queue[0]?.begin()
  }

  return {
    isFree: (key) => !queues.has(key),
    take(key, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const stop = (): void => {
          leave(key, waiter)
          reject(signal.reason)
        }
        const waiter: Waiter = {
          begin() {
            signal.removeEventListener('abort', stop)
            resolve(() => leave(key, waiter))
          },
        }
        signal.addEventListener('abort', stop, { once: true })
        const queue = queues.get(key) ?? []
        queues.set(key, queue)
        queue.push(waiter)
        if (queue.length === 1) waiter.begin()
      })
    },
  }
}
