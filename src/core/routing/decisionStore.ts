import { isRecord, parseJson } from '../json.js'
import type { Database, Row } from '../ports.js'
import { createDeferredWrites } from '../storage/deferredWrites.js'
import type { DecisionReport } from './decisions.js'

/** Where the decisions of all windows are kept, those before the last start too. */
export interface DecisionStore {
  keep(report: DecisionReport): void
  find(requestId: string): DecisionReport | undefined
  /** Newest first. */
  list(limit: number): readonly DecisionReport[]
}

export interface DecisionStoreOptions {
  readonly database: Database
  /** Decisions that are kept. */
  readonly capacity?: number
}

const usualCapacity = 1_000
/** Those beyond the capacity go once in so many. */
const tidyEvery = 50
/** What is kept of the long lists of one decision. */
const most = { ranked: 10, leftOut: 30 } as const

const insert = 'INSERT OR REPLACE INTO decision (request_id, at, report) VALUES (?, ?, ?)'
const select = 'SELECT report FROM decision WHERE request_id = ?'
const selectNewest = 'SELECT report FROM decision ORDER BY at DESC LIMIT ?'
const tidy = 'DELETE FROM decision WHERE at < (SELECT at FROM decision ORDER BY at DESC LIMIT 1 OFFSET ?)'

function isReport(value: unknown): value is DecisionReport {
  return (
    isRecord(value) &&
    ['requestId', 'asked', 'outcome'].every((name) => typeof value[name] === 'string') &&
    typeof value['at'] === 'number' &&
    ['notes', 'ranked', 'leftOut', 'tried'].every((name) => Array.isArray(value[name]))
  )
}

function readReport(row: Row | undefined): DecisionReport | undefined {
  const value = parseJson(String(row?.['report'] ?? ''))
  return isReport(value) ? value : undefined
}

/** Throws as the database does. */
export function createDecisionStore({
  database,
  capacity = usualCapacity,
}: DecisionStoreOptions): DecisionStore {
  const write = createDeferredWrites(database)
  let kept = 0
  return {
    keep(report) {
      const short = {
        ...report,
        ranked: report.ranked.slice(0, most.ranked),
        leftOut: report.leftOut.slice(0, most.leftOut),
      }
      write(() => {
        database.run(insert, report.requestId, Math.floor(report.at), JSON.stringify(short))
        if (kept++ % tidyEvery === 0) database.run(tidy, capacity - 1)
      })
    },
    find: (requestId) => readReport(database.get(select, requestId)),
    list: (limit) => database.all(selectNewest, limit).flatMap((row) => readReport(row) ?? []),
  }
}
