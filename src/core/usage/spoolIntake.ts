import { minuteMs } from '../durations.js'
import type { Clock, Database, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import type { AttemptSpool } from './attemptSpool.js'
import type { Ledger } from './ledger.js'

export interface SpoolIntakeOptions {
  readonly spool: Pick<AttemptSpool, 'handOver'>
  readonly ledger: Pick<Ledger, 'takeIn'>
  readonly database: Pick<Database, 'readOnly' | 'isLocked'>
  readonly clock: Pick<Clock, 'alarm' | 'monotonic'>
  readonly log: Pick<Log, 'info' | 'warn'>
}

export interface SpoolIntake extends Disposable {
  /** Nothing is read before. */
  start(): void
}

/** Milliseconds: a window that has just opened has better things to do. */
const firstMs = 2_000

/** Takes the attempts that windows could not write into the ledger, now and once a minute. */
export function createSpoolIntake(options: SpoolIntakeOptions): SpoolIntake {
  const { spool, ledger, database, clock, log } = options
  const stop = new AbortController()

  async function takeIn(): Promise<void> {
    if (database.readOnly || database.isLocked) return
    try {
      await spool.handOver((name, records) => {
        ledger.takeIn(name, records)
        log.info(`The usage of ${records.length} attempts that another window had put aside is in the ledger`)
      }, stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) log.warn(`Usage that was put aside is taken in later: ${String(error)}`)
    }
  }

  const timer = createTimer(clock, () => void takeIn().then(again))
  const again = (): void => {
    if (!stop.signal.aborted) timer.set(minuteMs)
  }

  return {
    start: () => timer.set(firstMs),
    dispose() {
      stop.abort()
      timer.dispose()
    },
  }
}
