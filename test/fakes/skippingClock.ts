import type { Clock } from '../../src/core/ports.js'
import { createClock } from '../../src/platform/clock.js'
import { settle } from './manualClock.js'

export interface SkippingClock extends Clock {
  /** Lets `ms` pass at once: what falls due in it rings in the order of its times, and runs as far as it can. */
  skip(ms: number): Promise<void>
}

interface Alarm {
  readonly at: number
  readonly ring: () => void
  stop(): void
}

/** The platform's clock, which real servers need, but for the hours that a test does not wait for. */
export function createSkippingClock(): SkippingClock {
  const clock = createClock()
  const alarms = new Set<Alarm>()
  let skipped = 0
  const monotonic = () => clock.monotonic() + skipped

  function alarm(ms: number, ring: () => void): () => void {
    const once = (): void => {
      if (alarms.delete(own)) ring()
    }
    const stop = clock.alarm(ms, once)
    const own: Alarm = { at: monotonic() + ms, ring: once, stop }
    alarms.add(own)
    return () => {
      alarms.delete(own)
      stop()
    }
  }

  return {
    now: () => Math.round(clock.now() + skipped),
    monotonic,
    alarm,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = alarm(ms, () => {
          signal?.removeEventListener('abort', give)
          resolve()
        })
        const give = (): void => {
          cancel()
          reject(signal?.reason)
        }
        if (signal?.aborted === true) give()
        else signal?.addEventListener('abort', give, { once: true })
      }),
    async skip(ms) {
      const end = monotonic() + ms
      const due = () => [...alarms].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      for (let next = due(); next !== undefined; next = due()) {
        skipped += Math.max(0, next.at - monotonic())
        next.stop()
        next.ring()
        await settle()
      }
      skipped += Math.max(0, end - monotonic())
      await settle()
    },
  }
}
