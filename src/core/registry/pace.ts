import { secondMs } from '../durations.js'
import type { Clock } from '../ports.js'

/** The least time between two lists, or two tests, of one connection: clicks wait for it too. Milliseconds. */
export const leastPauseMs = 10 * secondMs

/** What was asked a moment ago, and when it may be asked again. Milliseconds. */
export interface Pause {
  readonly agoMs: number
  readonly againInMs: number
}

export interface Pace {
  /** Something was asked, and is answered now. */
  note(): void
  /** Undefined where it may be asked. */
  pause(): Pause | undefined
}

export function createPace(clock: Pick<Clock, 'monotonic'>): Pace {
  let at: number | undefined
  return {
    note: () => void (at = clock.monotonic()),
    pause() {
      const agoMs = at === undefined ? leastPauseMs : clock.monotonic() - at
      return agoMs < leastPauseMs ? { agoMs, againInMs: leastPauseMs - agoMs } : undefined
    },
  }
}
