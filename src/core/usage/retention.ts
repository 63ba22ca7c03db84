import { dayMs } from '../durations.js'
import type { Clock, Database } from '../ports.js'
import { rollupSpans } from './rollups.js'
import { createTextStore } from './texts/textStore.js'

/** Rows that are deleted at once: other windows write in between. */
const batchSize = 5_000

const deleteAttempts = `DELETE FROM attempt WHERE id IN (
  SELECT id FROM attempt WHERE at < ? ORDER BY at LIMIT ${batchSize})`
const deleteRollups = 'DELETE FROM usage_rollup WHERE span = ? AND slot < ?'
/** The sums of days are about every attempt that is left. */
const deleteSources = `DELETE FROM usage_source
WHERE id NOT IN (SELECT source_id FROM usage_rollup WHERE span = ?)`
const deleteLapsed = `DELETE FROM budget_reservation WHERE lapsed = 1
AND counter_id IN (SELECT id FROM budget_counter WHERE ends_at <= ?)`
const deleteCounters = `DELETE FROM budget_counter WHERE ends_at <= ?
AND id NOT IN (SELECT counter_id FROM budget_reservation)`
const deleteWarnings = 'DELETE FROM budget_warning WHERE starts_at < ?'
const deleteAudit = 'DELETE FROM audit WHERE at < ?'
const deleteSavings = 'DELETE FROM cache_saving WHERE day < ?'

/** The longest window of a budget is a month. */
const longestWindowMs = 31 * dayMs

function deleteSmall(database: Database, before: number): void {
  for (const span of rollupSpans) database.run(deleteRollups, span, Math.floor(before / span))
  database.run(deleteLapsed, before)
  database.run(deleteCounters, before)
  database.run(deleteWarnings, before - longestWindowMs)
  database.run(deleteAudit, before)
  database.run(deleteSavings, before / dayMs)
}

/** Nothing refers to what is deleted here, and looking for it row by row would read the whole ledger each time. */
function deleteUnused(database: Database): void {
  database.exec('PRAGMA foreign_keys = OFF')
  try {
    database.run(deleteSources, dayMs)
  } finally {
    database.exec('PRAGMA foreign_keys = ON')
  }
}

export interface PurgeOptions {
  readonly database: Database
  readonly clock: Clock
  /** Milliseconds since the epoch, taken back to the beginning of its day in UTC. */
  readonly before: number
  readonly signal: AbortSignal
}

/**
 * Deletes what is older: attempts with their texts and sums, audit, budgets' windows that are over. What budgets count now stays.
 * Returns the number of attempts. Throws ModelError `not-saved`, or the signal's reason; then it can go on later.
 */
export async function purgeUsage({ database, clock, before, signal }: PurgeOptions): Promise<number> {
  const day = Math.floor(before / dayMs) * dayMs
  createTextStore(database).delete(day)
  let deleted = 0
  for (;;) {
    const { changes } = database.run(deleteAttempts, day)
    deleted += changes
    if (changes < batchSize) break
    await clock.sleep(1, signal)
  }
  database.transaction(() => deleteSmall(database, day))
  deleteUnused(database)
  return deleted
}
