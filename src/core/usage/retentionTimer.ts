import { dayMs, minuteMs } from '../durations.js'
import type { Clock, Database, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import { purgeUsage } from './retention.js'
import { createTextStore } from './texts/textStore.js'

export interface RetentionTimerOptions {
  readonly database: Database
  /** Days for which usage is kept. */
  readonly retentionDays: () => number
  /** Days for which prompts and answers are kept, where they are. */
  readonly textDays: () => number
  /** Whether VS Code is in use now. */
  readonly inUse: () => boolean
  readonly clock: Clock
  readonly log: Log
}

export interface RetentionTimer extends Disposable {
  /** Nothing is deleted before. */
  start(): void
}

/** Deleting is not what a window that has just opened is to be slow for. */
const firstMs = minuteMs
const stepMs = 30 * minuteMs

/** Taken by one window a day; a time to come was told by a clock that has been put back since. */
const claim = `INSERT INTO upkeep (task, at) VALUES ('retention', ?1)
ON CONFLICT (task) DO UPDATE SET at = ?1 WHERE at <= ?1 - ${dayMs} OR at > ?1`

/** Deletes usage that is too old, once a day, by whichever window comes first. */
export function createRetentionTimer(options: RetentionTimerOptions): RetentionTimer {
  const { database, retentionDays, textDays, inUse, clock, log } = options
  const texts = createTextStore(database)
  const stop = new AbortController()
  let isFirst = true

  function isDue(): boolean {
    if (database.readOnly || !(isFirst || inUse())) return false
    isFirst = false
    return database.run(claim, Math.trunc(clock.now())).changes === 1
  }

  async function purge(): Promise<void> {
    try {
      if (!isDue()) return
      const old = texts.delete(clock.now() - textDays() * dayMs)
      if (old > 0) log.info(`${old} prompts and answers older than ${textDays()} days were deleted`)
      const before = clock.now() - retentionDays() * dayMs
      const deleted = await purgeUsage({ database, clock, before, signal: stop.signal })
      if (deleted > 0) log.info(`${deleted} attempts older than ${retentionDays()} days were deleted`)
    } catch (error) {
      if (!stop.signal.aborted) log.error('Usage that is too old could not be deleted', error)
    }
  }

  const timer = createTimer(clock, () => void purge().then(again))
  const again = (): void => {
    if (!stop.signal.aborted) timer.set(stepMs)
  }

  return {
    start: () => timer.set(firstMs),
    dispose() {
      stop.abort()
      timer.dispose()
    },
  }
}
