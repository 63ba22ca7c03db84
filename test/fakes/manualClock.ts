import type { Clock } from '../../src/core/ports.js'

export interface ManualClock extends Clock {
  /** Lets `ms` pass: sleepers wake in the order of their times, and whatever they start runs as far as it can. */
  advance(ms: number): Promise<void>
  /** Moves the wall clock alone, as a user or a time server does. */
  jump(ms: number): void
  /** How many sleep at this moment. */
  sleeping(): number
}

interface Sleeper {
  readonly at: number
  wake(): void
}

/** Lets promise chains, however long, run to their next wait. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => void setImmediate(resolve))
}

export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  const sleepers = new Set<Sleeper>()
  let passed = 0
  let jumped = 0

  function nextBefore(end: number): Sleeper | undefined {
    const due = [...sleepers].filter((sleeper) => sleeper.at <= end)
    return due.toSorted((a, b) => a.at - b.at)[0]
  }

  return {
    now: () => start + jumped + passed,
    monotonic: () => passed,
    jump: (ms) => void (jumped += ms),
    sleeping: () => sleepers.size,
    alarm(ms, ring) {
      const sleeper = { at: passed + ms, wake: ring }
      sleepers.add(sleeper)
      return () => void sleepers.delete(sleeper)
    },
    sleep: (ms, signal) => sleepUntil(sleepers, passed + ms, signal),
    async advance(ms) {
      const end = passed + ms
      await settle()
      for (let sleeper = nextBefore(end); sleeper !== undefined; sleeper = nextBefore(end)) {
        sleepers.delete(sleeper)
        passed = Math.max(passed, sleeper.at)
        sleeper.wake()
        await settle()
      }
      passed = end
      await settle()
    },
  }
}

function sleepUntil(sleepers: Set<Sleeper>, at: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const sleeper: Sleeper = {
      at,
      wake: () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      },
    }
    const stop = (): void => {
      sleepers.delete(sleeper)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    sleepers.add(sleeper)
  })
}
