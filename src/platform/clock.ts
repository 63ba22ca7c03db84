import type { Clock } from '../core/ports.js'

/** The longest delay of a timer; a longer one would fire at once. */
const longestDelay = 2 ** 31 - 1

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

export function createClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    alarm(ms, ring) {
      const timer = setTimeout(ring, Math.min(ms, longestDelay))
      return () => clearTimeout(timer)
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      const end = performance.now() + ms
      for (let left = ms; left > 0; left = end - performance.now()) {
        await sleepOnce(Math.min(left, longestDelay), signal)
      }
    },
  }
}
