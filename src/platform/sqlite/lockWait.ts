import { isBusy } from './errors.js'

/** Milliseconds that a statement waits for other windows. */
export const busyTimeoutMs = 5_000

/**
 * Most locks are held for less than a millisecond, so the first waits are short ones. SQLite's own waits soon grow to
 * 100 ms, and whoever asks in between goes first; to set its timeout for each transaction would cost more than to begin one.
 */
const shortWaits = 60
const shortWaitMs = 0.5
const longWaitMs = 5

/** Tries again, waiting synchronously as every statement does, while another window has the lock. */
export function createLockWait(): <T>(work: () => T) => T {
  const cell = new Int32Array(new SharedArrayBuffer(4))

  function tryUntil<T>(end: number, work: () => T): T {
    for (let waits = 0; ; waits++) {
      Atomics.wait(cell, 0, 0, waits < shortWaits ? shortWaitMs : longWaitMs)
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw error
      }
    }
  }

  return (work) => {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error)) throw error
      return tryUntil(performance.now() + busyTimeoutMs, work)
    }
  }
}
