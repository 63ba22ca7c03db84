import { createEmitter, type Event } from '../event.js'
import type { Database, Disposable, Log } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import {
  attemptColumns,
  attemptValues,
  readAttempt,
  rollupSums,
  sourceColumns,
  sourceValues,
} from './ledgerRows.js'
import { createRollupSums } from './rollupSums.js'
import { rollupSpans } from './rollups.js'

interface LedgerPeriod {
  /** Milliseconds since the epoch; the end is not part of it. */
  readonly from: number
  readonly to: number
}

export interface Ledger extends Disposable {
  /**
   * Writes a row for each, and says whether they are in the database. Never throws: what could not be written is written
   * with the next ones, a thousand at most.
   */
  append(...records: readonly AttemptRecord[]): boolean
  /** In the order of their times, read page by page. Throws ModelError `not-saved`. */
  read(period: LedgerPeriod): Iterable<AttemptRecord>
  /** Fires for every record of this window, written or not. */
  readonly onDidAppend: Event<AttemptRecord>
}

export interface LedgerOptions {
  readonly database: Database
  readonly log: Log
  /** Runs in the transaction that writes the records, e.g. to settle what was reserved for them. */
  readonly settle?: (records: readonly AttemptRecord[]) => void
  /** Runs once what was settled stands in the database. */
  readonly onSettled?: () => void
}

const mostWaiting = 1_000
const pageSize = 1_000

const marks = (columns: readonly string[]): string => columns.map(() => '?').join(', ')
const insertSource = `INSERT INTO usage_source (${sourceColumns.join(', ')}) VALUES (${marks(sourceColumns)}) ON CONFLICT DO NOTHING`
const findSource = `SELECT id FROM usage_source WHERE ${sourceColumns.map((name) => `${name} = ?`).join(' AND ')}`
const insertAttempt = `INSERT INTO attempt (${attemptColumns.join(', ')}) VALUES (${marks(attemptColumns)})`
/** All spans in one statement: the database is asked once, not four times. */
const addToRollups = `INSERT INTO usage_rollup (span, slot, source_id, outcome, code, is_cache_hit, ${rollupSums.join(', ')})
SELECT column1, CAST(? AS INTEGER) / column1, ?, ?, ?, ?, ${marks(rollupSums)}
FROM (VALUES ${rollupSpans.map((span) => `(${span})`).join(', ')}) WHERE true
ON CONFLICT DO UPDATE SET ${rollupSums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`
const readPage = `SELECT attempt.id AS attempt_id, attempt.*, usage_source.* FROM attempt
JOIN usage_source ON usage_source.id = attempt.source_id
WHERE attempt.at < ? AND (attempt.at, attempt.id) > (?, ?) ORDER BY attempt.at, attempt.id LIMIT ${pageSize}`

/** Ids of the combinations that this window has met. */
function createSources(database: Database) {
  const ids = new Map<string, number>()
  return {
    idOf(record: AttemptRecord): number {
      const values = sourceValues(record)
      const key = values.join('\u0000')
      const known = ids.get(key)
      if (known !== undefined) return known
      database.run(insertSource, ...values)
      const id = Number(database.get(findSource, ...values)?.['id'])
      ids.set(key, id)
      return id
    },
    forget: () => ids.clear(),
  }
}

function createWriter({ database, settle }: LedgerOptions) {
  const sources = createSources(database)
  const writeAll = (records: readonly AttemptRecord[]): void =>
    database.transaction(() => {
      settle?.(records)
      const sums = createRollupSums()
      for (const record of records) {
        const sourceId = sources.idOf(record)
        database.run(insertAttempt, ...attemptValues(record, sourceId))
        sums.add(record, sourceId)
      }
      for (const values of sums.values()) database.run(addToRollups, ...values)
    })
  return (records: readonly AttemptRecord[]): void => {
    try {
      writeAll(records)
    } catch {
      // An id that was undone with its transaction, or purged by another window, is not there any more.
      sources.forget()
      writeAll(records)
    }
  }
}

function* readPages(database: Database, { from, to }: LedgerPeriod): Generator<AttemptRecord> {
  let at = from
  let id = 0
  for (;;) {
    const rows = database.all(readPage, to, at, id)
    for (const row of rows) yield readAttempt(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    at = Number(last['at'])
    id = Number(last['attempt_id'])
  }
}

/** The record of attempts that all windows write into. */
export function createLedger(options: LedgerOptions): Ledger {
  const { database, log } = options
  // Whoever listens must not fail the request whose record it is.
  const appended = createEmitter<AttemptRecord>((error) =>
    log.error('An attempt was recorded, but not everything that follows from it', error),
  )
  const write = createWriter(options)
  let waiting: AttemptRecord[] = []
  let isFailing = false

  function tryToWrite(records: readonly AttemptRecord[]): boolean {
    try {
      write(records)
      return true
    } catch (error) {
      if (!isFailing) log.error('Usage could not be recorded; it is kept until it can be', error)
      isFailing = true
      return false
    }
  }

  /** All that waits; where that fails, one by one, the newest first: an older one may be such as can never be written. */
  function flush(): void {
    if (tryToWrite(waiting)) {
      waiting = []
      if (isFailing) log.info('Usage is recorded again')
      isFailing = false
      return
    }
    const newest = waiting.at(-1)
    if (newest === undefined || waiting.length === 1 || !tryToWrite([newest])) return
    waiting = waiting.slice(0, -1).filter((record) => !tryToWrite([record]))
  }

  function settled(): void {
    try {
      options.onSettled?.()
    } catch (error) {
      log.error('Usage was recorded, but not everything that follows from it', error)
    }
  }

  return {
    append(...records) {
      waiting = [...waiting, ...records].slice(-mostWaiting)
      const most = waiting.length
      if (!database.readOnly) flush()
      if (waiting.length < most) settled()
      for (const record of records) appended.fire(record)
      return !records.some((record) => waiting.includes(record))
    },
    read: (period) => readPages(database, period),
    onDidAppend: appended.event,
    dispose: () => appended.dispose(),
  }
}
