import { minuteMs } from '../durations.js'
import { cancelled, ModelError } from '../errors.js'
import type { Clock, Disposable } from '../ports.js'
import type { SharedSlots } from './sharedSlots.js'

/** Lets so many requests at once through to a connection; the others wait, first come, first served. */
export interface ConcurrencyLimiter {
  /** Disposed of when the request is over. Throws ModelError `overloaded`, or `cancelled`. */
  acquire(connection: string, signal: AbortSignal): Promise<Disposable>
  /** How many requests run and wait now. */
  load(connection: string): { readonly running: number; readonly waiting: number }
}

export interface ConcurrencyOptions {
  /** Requests at once; undefined for any number. */
  readonly limitOf: (connection: string) => number | undefined
  readonly clock: Pick<Clock, 'sleep'>
  /** Milliseconds that a request waits at most. */
  readonly waitLimitMs?: number
  /** Asked next, for the requests of all windows. This window alone counts where absent. */
  readonly shared?: Pick<SharedSlots, 'acquire'>
}

const usualWaitLimitMs = minuteMs

function tooLong(connection: string, limit: number, waitLimitMs: number): ModelError {
  const waited = Math.round(waitLimitMs / 1_000)
  return new ModelError({
    code: 'overloaded',
    message: `“${connection}” already runs ${limit} requests at once, and none ended within ${waited} s. Wait, raise the connection’s limit, or choose another model.`,
    retryable: true,
  })
}

interface LaneOptions {
  readonly connection: string
  /** The limit may become another one while requests wait. */
  readonly limit: () => number
  readonly clock: Pick<Clock, 'sleep'>
  readonly waitLimitMs: number
}

/** The requests of one connection. */
function createLane({ connection, limit, clock, waitLimitMs }: LaneOptions) {
  let running = 0
  const waiting = new Set<() => void>()

  function advance(): void {
    for (const start of waiting) {
      if (running >= limit()) return
      waiting.delete(start)
      running++
      start()
    }
  }

  function wait(signal: AbortSignal): Promise<void> {
    const enough = new AbortController()
    return new Promise<void>((resolve, reject) => {
      const start = (): void => resolve()
      const leave = (error: ModelError): void => {
        if (waiting.delete(start)) reject(error)
      }
      waiting.add(start)
      clock.sleep(waitLimitMs, AbortSignal.any([signal, enough.signal])).then(
        () => leave(tooLong(connection, limit(), waitLimitMs)),
        () => leave(cancelled(signal.reason)),
      )
    }).finally(() => enough.abort())
  }

  return {
    load: () => ({ running, waiting: waiting.size }),
    async enter(signal: AbortSignal): Promise<void> {
      if (waiting.size === 0 && running < limit()) {
        running++
        return
      }
      const turn = wait(signal)
      advance()
      await turn
    },
    leave(): void {
      running--
      advance()
    },
  }
}

export function createConcurrencyLimiter(options: ConcurrencyOptions): ConcurrencyLimiter {
  const { limitOf, clock, shared, waitLimitMs = usualWaitLimitMs } = options
  const lanes = new Map<string, ReturnType<typeof createLane>>()

  function laneOf(connection: string): ReturnType<typeof createLane> {
    const limit = () => limitOf(connection) ?? Infinity
    const lane = lanes.get(connection) ?? createLane({ connection, limit, clock, waitLimitMs })
    lanes.set(connection, lane)
    return lane
  }

  return {
    load: (connection) => lanes.get(connection)?.load() ?? { running: 0, waiting: 0 },
    async acquire(connection, signal) {
      if (signal.aborted) throw cancelled(signal.reason)
      const lane = laneOf(connection)
      await lane.enter(signal)
      const slot = await shared?.acquire(connection, signal).catch((error: unknown) => {
        lane.leave()
        throw error
      })
      let isHeld = true
      return {
        dispose() {
          if (!isHeld) return
          isHeld = false
          slot?.dispose()
          lane.leave()
        },
      }
    },
  }
}
