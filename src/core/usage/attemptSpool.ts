import { isRecord, parseJson } from '../json.js'
import type { Row } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { attemptColumns, attemptValues, readAttempt, sourceColumns, sourceValues } from './ledgerRows.js'

/** A file beside the database, for attempts that the database cannot take now. */
export interface AttemptSpool {
  /** Returns once they are in the file. Throws ModelError `not-saved`. */
  keep(records: readonly AttemptRecord[]): void
  /**
   * Hands over the files of all windows, each once and each with a name of its own. A file is deleted once `take` has
   * returned; one for which it throws stays. Rejects with the signal's reason.
   */
  handOver(
    take: (name: string, records: readonly AttemptRecord[]) => void,
    signal: AbortSignal,
  ): Promise<void>
}

/** One line of a spool: the columns of the ledger by their names, which a newer version reads as it reads its rows. */
export function writeSpoolLine(record: AttemptRecord): string {
  const columns = [...sourceColumns, ...attemptColumns]
  const values = [...sourceValues(record), ...attemptValues(record, 0)]
  return JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, values[index]])))
}

function isRow(value: unknown): value is Row {
  if (!isRecord(value) || !Number.isFinite(value['at']) || typeof value['request_id'] !== 'string')
    return false
  return Object.values(value).every(
    (each) => each === null || typeof each === 'string' || Number.isFinite(each),
  )
}

/** The whole lines of a spool; the last one may have been cut off. */
export function readSpool(text: string): readonly AttemptRecord[] {
  return text.split('\n').flatMap((line) => {
    const row = parseJson(line)
    return isRow(row) ? [readAttempt(row)] : []
  })
}
