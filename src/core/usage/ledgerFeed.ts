import type { Event } from '../event.js'
import type { Clock, Disposable, Log } from '../ports.js'
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
  /** Told of each new attempt once the metrics have counted it: alerts, the exporter. */
  readonly listeners: readonly ((record: AttemptRecord) => void)[]
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly log: Log
}

export interface LedgerFeed extends Disposable {
  /** Counts what the ledger has, without holding anybody up, and from now on what is added. Never rejects. */
  start(): Promise<void>
}

/** What is older hardly counts any more. */
const historyMs = 14 * 24 * 3_600_000
/** Records between two pauses for others to work. */
const recordsAtOnce = 500

function idOf({ requestId, number }: AttemptRecord): string {
  return `${number} ${requestId}`
}

/** Keeps the metrics, and whoever looks at them, up to the ledger. */
export function createLedgerFeed(options: LedgerFeedOptions): LedgerFeed {
  const { ledger, metrics, clock, log } = options
  const stop = new AbortController()
  const subscriptions: Disposable[] = []
  /** Attempts that were added while the ledger was read, which may come up in it as well. */
  let added: Set<string> | undefined

  function tell(record: AttemptRecord): void {
    added?.add(idOf(record))
    for (const listener of [metrics.record, ...options.listeners]) {
      try {
        listener(record)
      } catch (error) {
        // Whoever asked a model is not to pay for what looks at it.
        log.error('An attempt could not be taken into account', error)
      }
    }
  }

  async function readHistory(): Promise<void> {
    const now = clock.now()
    let count = 0
    for (const record of ledger.read({ from: now - historyMs, to: now + 1 })) {
      if (added?.has(idOf(record)) !== true) metrics.record(record)
      if (++count % recordsAtOnce === 0) await clock.sleep(0, stop.signal)
    }
  }

  return {
    async start() {
      added = new Set()
      subscriptions.push(ledger.onDidAppend(tell))
      try {
        await readHistory()
      } catch (error) {
        if (!stop.signal.aborted) log.warn('Earlier attempts could not be read; the metrics begin now')
        log.debug(`Reading the ledger ended: ${error instanceof Error ? error.message : 'unknown error'}`)
      } finally {
        added = undefined
      }
    },
    dispose() {
      stop.abort()
      for (const subscription of subscriptions) subscription.dispose()
    },
  }
}
