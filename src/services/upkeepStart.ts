import { secondMs } from '../core/durations.js'
import type { Clock, Disposable } from '../core/ports.js'
import { createTimer } from '../core/timer.js'

export interface UpkeepStart extends Disposable {
  /** Starts it now, if it has not been started. */
  now(): void
  /** Starts it when the start of the window is over. */
  soon(): void
}

/** Milliseconds in which VS Code and its other extensions start, too. */
const upkeepDelayMs = 3 * secondMs

/** Starts what is done without being asked for, once: a while after the start, or with the first command. */
export function createUpkeepStart(clock: Clock, start: () => void): UpkeepStart {
  let isOver = false
  const now = (): void => {
    timer.dispose()
    if (isOver) return
    isOver = true
    start()
  }
  const timer = createTimer(clock, now)
  return {
    now,
    soon: () => {
      if (!isOver) timer.set(upkeepDelayMs)
    },
    dispose() {
      isOver = true
      timer.dispose()
    },
  }
}
