import { dayMs, minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import type { Event } from '../event.js'
import type { Clock, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { Metrics } from './metrics.js'

/** What this reads of the ledger. */
export interface AttemptSource {
  /** Milliseconds since the epoch; the end is not part of it. Throws ModelError `not-saved`. */
  read(period: { readonly from: number; readonly to: number }): Iterable<AttemptRecord>
  readonly onDidAppend: Event<AttemptRecord>
}

export interface LedgerFeedOptions {
  readonly ledger: AttemptSource
  readonly metrics: Pick<Metrics, 'record'>
  /** Told of each new attempt of this window once the metrics have counted it: alerts, the exporter. */
  readonly listeners: readonly ((record: AttemptRecord) => void)[]
  /** Told of each attempt that the ledger alone knows: of earlier ones, and of other windows'. */
  readonly recall?: (record: AttemptRecord) => void
  readonly clock: Clock
  readonly log: Log
}

export interface LedgerFeed extends Disposable {
  /**
   * Counts what the ledger has, without holding anybody up, and from now on what is added: by this window at once, by
   * others within a minute. Never rejects.
   */
  start(): Promise<void>
}

/** What is older hardly counts any more. */
const historyMs = 14 * dayMs
/** An attempt comes into the ledger at its end, under the time of its beginning: so long ago at most. */
const longestAttemptMs = 30 * minuteMs
/** Records between two pauses for others to work. */
const recordsAtOnce = 500

function idOf({ requestId, number }: AttemptRecord): string {
  return `${number} ${requestId}`
}

/** Attempts that are counted already, as long as the ledger may bring them up once more. */
function createCounted() {
  const times = new Map<string, number>()
  return {
    /** False where it was there. */
    add(record: AttemptRecord): boolean {
      const id = idOf(record)
      if (times.has(id)) return false
      times.set(id, record.at)
      return true
    },
    forgetBefore(time: number): void {
      for (const [id, at] of times) if (at < time) times.delete(id)
    },
  }
}

/** Keeps the metrics, and whoever looks at them, up to the ledger that all windows write. */
export function createLedgerFeed(options: LedgerFeedOptions): LedgerFeed {
  const { ledger, metrics, clock, log } = options
  const stop = new AbortController()
  const subscriptions: Disposable[] = []
  const counted = createCounted()
  const learners = [metrics.record, options.recall ?? (() => {})]

  function tell(record: AttemptRecord): void {
    counted.add(record)
    for (const listener of [metrics.record, ...options.listeners]) {
      try {
        listener(record)
      } catch (error) {
        // Whoever asked a model is not to pay for what looks at it.
        log.error('An attempt could not be taken into account', error)
      }
    }
  }

  /** Counts what the ledger has of the last `ms`, and nothing twice. */
  async function count(ms: number): Promise<void> {
    const now = clock.now()
    let records = 0
    for (const record of ledger.read({ from: now - ms, to: now + 1 })) {
      if (counted.add(record)) for (const learn of learners) learn(record)
      if (++records % recordsAtOnce === 0) await clock.sleep(0, stop.signal)
    }
    counted.forgetBefore(now - longestAttemptMs - minuteMs)
  }

  async function countQuietly(ms: number, complaint: string): Promise<void> {
    try {
      await count(ms)
    } catch (error) {
      if (stop.signal.aborted) return
      log.warn(`${complaint} ${isModelError(error) ? error.message : 'The ledger failed.'}`)
    }
  }

  const timer = createTimer(clock, () => {
    void countQuietly(longestAttemptMs, 'Attempts of other windows could not be read.').then(again)
  })
  const again = (): void => {
    if (!stop.signal.aborted) timer.set(minuteMs)
  }

  return {
    async start() {
      subscriptions.push(ledger.onDidAppend(tell))
      await countQuietly(historyMs, 'Earlier attempts could not be read; the metrics begin now.')
      again()
    },
    dispose() {
      stop.abort()
      timer.dispose()
      for (const subscription of subscriptions) subscription.dispose()
    },
  }
}
