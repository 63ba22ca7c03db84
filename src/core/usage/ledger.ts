import { createEmitter, type Event } from '../event.js'
import type { Database, Disposable, Log } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { AttemptSpool } from './attemptSpool.js'
import {
  attemptColumns,
  attemptSelection,
  attemptValues,
  readAttempt,
  rollupSums,
  sourceColumns,
  sourceValues,
} from './ledgerRows.js'
import { createRollupSums } from './rollupSums.js'
import { rollupSpans } from './rollups.js'
import { addStored } from './storedNumbers.js'
import { createWaitingAttempts } from './waitingAttempts.js'

interface LedgerPeriod {
  /** Milliseconds since the epoch; the end is not part of it. */
  readonly from: number
  readonly to: number
}

export interface Ledger extends Disposable {
  /**
   * Writes a row for each, and returns whether they are in the database. Never throws: what could not be written is
   * written with the next ones, or once the database is free again. More than a thousand, and those of a window that may
   * not write, go to the spool.
   */
  append(...records: readonly AttemptRecord[]): boolean
  /** Writes the attempts of a spool's file, once for each name. Throws ModelError `not-saved`. */
  takeIn(name: string, records: readonly AttemptRecord[]): void
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
  /** Runs once what the latest `settle` has settled stands in the database. */
  readonly onSettled?: () => void
  /** Without one, what the database never takes is lost with the window. */
  readonly spool?: Pick<AttemptSpool, 'keep'>
}

const pageSize = 1_000

/** The mark of a file that has been taken in, under the same lock as its attempts. */
const claimFile = `INSERT INTO upkeep (task, at) VALUES (?, ?) ON CONFLICT DO NOTHING`

const marks = (columns: readonly string[]): string => columns.map(() => '?').join(', ')
const insertSource = `INSERT INTO usage_source (${sourceColumns.join(', ')}) VALUES (${marks(sourceColumns)}) ON CONFLICT DO NOTHING`
const findSource = `SELECT id FROM usage_source WHERE ${sourceColumns.map((name) => `${name} = ?`).join(' AND ')}`
const insertAttempt = `INSERT INTO attempt (${attemptColumns.join(', ')}) VALUES (${marks(attemptColumns)})`
/** All spans in one statement: the database is asked once, not four times. */
const addToRollups = `INSERT INTO usage_rollup (span, slot, source_id, outcome, code, is_cache_hit, ${rollupSums.join(', ')})
SELECT column1, CAST(? AS INTEGER) / column1, ?, ?, ?, ?, ${marks(rollupSums)}
FROM (VALUES ${rollupSpans.map((span) => `(${span})`).join(', ')}) WHERE true
ON CONFLICT DO UPDATE SET ${rollupSums.map((name) => `${name} = ${addStored(name, `excluded.${name}`)}`).join(', ')}`
const readPage = `SELECT attempt.id AS attempt_id, ${attemptSelection}, ${sourceColumns.map((name) => `usage_source.${name}`).join(', ')} FROM attempt
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

function createWriter({ database, log, settle, onSettled }: LedgerOptions) {
  const sources = createSources(database)
  function insertAll(records: readonly AttemptRecord[]): void {
    settle?.(records)
    const sums = createRollupSums()
    for (const record of records) {
      const sourceId = sources.idOf(record)
      database.run(insertAttempt, ...attemptValues(record, sourceId))
      sums.add(record, sourceId)
    }
    for (const values of sums.values()) database.run(addToRollups, ...values)
  }
  function settled(): void {
    try {
      onSettled?.()
    } catch (error) {
      log.error('Usage was recorded, but not everything that follows from it', error)
    }
  }
  /** `claim` returns false if another window has written them. */
  return (records: readonly AttemptRecord[], claim = () => true): void => {
    let isOurs = false
    const write = () =>
      database.transaction(() => {
        isOurs = claim()
        if (isOurs) insertAll(records)
      })
    try {
      write()
    } catch (error) {
      // An id that was undone with its transaction, or purged by another window, is not there any more.
      sources.forget()
      if (database.isLocked || database.readOnly) throw error
      write()
    }
    // For each transaction: when several records are written one by one, others of them may fail.
    if (isOurs) settled()
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
  const waiting = createWaitingAttempts({ ...options, write })

  const listening = database.onDidUnlock(() => waiting.add([]))
  return {
    append(...records) {
      waiting.add(records)
      for (const record of records) appended.fire(record)
      return !database.readOnly && !records.some((record) => waiting.has(record))
    },
    takeIn(name, records) {
      const at = Math.trunc(records[0]?.at ?? 0)
      write(records, () => database.run(claimFile, `spool ${name}`, at).changes === 1)
    },
    read: (period) => readPages(database, period),
    onDidAppend: appended.event,
    dispose() {
      listening.dispose()
      waiting.end()
      appended.dispose()
    },
  }
}
