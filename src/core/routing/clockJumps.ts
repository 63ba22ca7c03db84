import type { Clock } from '../ports.js'

/** Milliseconds that the wall clock may be out of step with the monotonic one. */
const leastJumpMs = 1_000

/** Tells whether the wall clock has been set, or the machine has slept, within the last `recentMs`, as far as anybody has looked. */
export function createJumpWatch(clock: Pick<Clock, 'now' | 'monotonic'>, recentMs: number): () => boolean {
  const offsetNow = (): number => clock.now() - clock.monotonic()
  let offset = offsetNow()
  let jumpedAt = Number.NEGATIVE_INFINITY

  return () => {
    const current = offsetNow()
    if (Math.abs(current - offset) >= leastJumpMs) {
      offset = current
      jumpedAt = clock.monotonic()
    }
    return clock.monotonic() - jumpedAt < recentMs
  }
}
