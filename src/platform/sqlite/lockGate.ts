import { createEmitter, type Event } from '../../core/event.js'
import type { Clock, Disposable } from '../../core/ports.js'
import { createTimer } from '../../core/timer.js'
import { isBusy } from './errors.js'

/** Milliseconds that a file may be locked while it is opened. */
export const busyTimeoutMs = 5_000

/**
 * Milliseconds for which the statements of one database may block the event loop in all while another program has the
 * lock; there are two databases, and 250 ms for both. Windows hold it for less than a millisecond; what holds it for
 * longer than this is waited for asynchronously.
 */
export const mostBlockedMs = 125

/**
 * The first waits are short ones: SQLite's own waits soon grow to 100 ms, and those who ask in between go first. To set
 * its timeout for each transaction would cost more than to begin one.
 */
const shortWaits = 60
const shortWaitMs = 0.5
const longWaitMs = 5

/** Milliseconds between two tries while the lock is waited for asynchronously. */
const probeMs = 50

export interface LockGate extends Disposable {
  /** Another program has the lock for longer than statements may block: until it is free, they fail at once. */
  readonly isLocked: boolean
  /** Tries again what failed because of a lock, for a short time. Throws what the last try threw. */
  retry<T>(failure: unknown, work: () => T): T
  /** Resolves once the lock is free, and at once if it is. Rejects with the signal's reason. */
  unlocked(signal?: AbortSignal): Promise<void>
  readonly onDidUnlock: Event<void>
}

export interface LockGateOptions {
  readonly clock: Pick<Clock, 'alarm' | 'monotonic'>
  /** Throws while the lock is held. */
  readonly probe: () => void
  /** Blocks the event loop. By default with `Atomics.wait`. */
  readonly block?: (ms: number) => void
}

function createBlock(): (ms: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  return (ms) => void Atomics.wait(cell, 0, 0, ms)
}

/** Looks again and again whether the lock is free, without blocking. */
function createLock({ clock, probe }: LockGateOptions, onOpen: () => void) {
  const unlocked = createEmitter<void>()
  const ended = createEmitter<void>()
  let isLocked = false

  function isFree(): boolean {
    try {
      probe()
      return true
    } catch (error) {
      // Any other failure is the next statement's own.
      return !isBusy(error)
    }
  }

  const timer = createTimer(clock, () => {
    if (!isFree()) {
      timer.set(probeMs)
      return
    }
    isLocked = false
    onOpen()
    ended.fire()
    unlocked.fire()
  })

  return {
    isLocked: () => isLocked,
    close(): void {
      isLocked = true
      timer.set(probeMs)
    },
    unlocked: unlocked.event,
    ended: ended.event,
    dispose() {
      timer.dispose()
      unlocked.dispose()
      // What waits meets a closed database.
      ended.fire()
      ended.dispose()
    },
  }
}

/** Waits for other programs: blocking while that is short, and without blocking when it is not. */
export function createLockGate(options: LockGateOptions): LockGate {
  const { block = createBlock() } = options
  let blockedMs = 0
  const lock = createLock(options, () => void (blockedMs = 0))

  function wait(waits: number): void {
    const ms = waits < shortWaits ? shortWaitMs : longWaitMs
    blockedMs += ms
    block(ms)
  }

  return {
    get isLocked() {
      return lock.isLocked()
    },
    retry(failure, work) {
      let last = failure
      for (let waits = 0; isBusy(last) && !lock.isLocked(); waits++) {
        wait(waits)
        try {
          const result = work()
          blockedMs = 0
          return result
        } catch (error) {
          last = error
          if (isBusy(error) && blockedMs >= mostBlockedMs) lock.close()
        }
      }
      throw last
    },
    unlocked: (signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) reject(signal.reason)
        else if (!lock.isLocked()) resolve()
        else once(lock.ended, resolve, { signal, reject })
      }),
    onDidUnlock: lock.unlocked,
    dispose: () => lock.dispose(),
  }
}

interface Ending {
  readonly signal: AbortSignal | undefined
  readonly reject: (reason: unknown) => void
}

function once(event: Event<void>, resolve: () => void, { signal, reject }: Ending): void {
  const stop = (): void => {
    listening.dispose()
    reject(signal?.reason)
  }
  const listening = event(() => {
    listening.dispose()
    signal?.removeEventListener('abort', stop)
    resolve()
  })
  signal?.addEventListener('abort', stop, { once: true })
}
