import type { Clock } from '../../core/ports.js'

/** When something of an answer came, in milliseconds of the monotonic clock. */
export interface Arrivals {
  /** None has come yet. */
  isFirst(): boolean
  /** The network is waited for, and not the consumer. */
  isWaiting(): boolean
  last(): number
  /** The last that was more than a ping. The consumer’s own time does not count. */
  lastProgress(): number
  /** How many were more than a ping. */
  progresses(): number
  waiting(): void
  arrived(progress: boolean): void
  /** The server has shown that it works: as good as an arrival. */
  alive(): void
}

export function createArrivals(clock: Clock): Arrivals {
  let isWaiting = true
  let isFirst = true
  let last = clock.monotonic()
  let lastProgress = last
  let progresses = 0
  const progressed = (): void => {
    last = lastProgress = clock.monotonic()
    progresses++
  }
  return {
    isFirst: () => isFirst,
    isWaiting: () => isWaiting,
    last: () => last,
    lastProgress: () => lastProgress,
    progresses: () => progresses,
    waiting() {
      if (isFirst) return
      lastProgress += clock.monotonic() - last
      last = clock.monotonic()
      isWaiting = true
    },
    arrived(progress) {
      isFirst = false
      isWaiting = false
      if (progress) progressed()
      else last = clock.monotonic()
    },
    alive: progressed,
  }
}
