import type { Database } from '../../ports.js'
import { createDeferredWrites } from '../../storage/deferredWrites.js'

/** What was asked in one attempt, and what came back; cleaned of secrets, and cut where it is too long. */
export interface AttemptText {
  readonly requestId: string
  readonly number: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly prompt: string
  readonly answer: string
  readonly isCut: boolean
}

/** The texts that all windows keep. Throws ModelError `not-saved` or `forbidden`. */
export interface TextStore {
  write(text: AttemptText): void
  find(attempt: Pick<AttemptText, 'requestId' | 'number'>): AttemptText | undefined
  count(): number
  /** Overwrites what is older, all of it where `before` is absent (ms since the epoch); returns how many. */
  delete(before?: number): number
}

const insert = `INSERT INTO attempt_text (request_id, number, at, prompt, answer, is_cut) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`
const find = 'SELECT at, prompt, answer, is_cut FROM attempt_text WHERE request_id = ? AND number = ?'
const count = 'SELECT count(*) AS texts FROM attempt_text'
const deleteOld = 'DELETE FROM attempt_text WHERE at < ?'

/** SQLite leaves deleted texts in the file, and in the log of what was written, until something else takes the place. */
function overwriting(database: Database, work: () => number): number {
  database.exec('PRAGMA secure_delete = ON')
  try {
    const deleted = work()
    if (deleted > 0) database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return deleted
  } finally {
    database.exec('PRAGMA secure_delete = OFF')
  }
}

export function createTextStore(database: Database): TextStore {
  const run = createDeferredWrites(database)
  return {
    write({ requestId, number, at, prompt, answer, isCut }) {
      run(() => database.run(insert, requestId, number, Math.trunc(at), prompt, answer, isCut ? 1 : 0))
    },
    find({ requestId, number }) {
      const row = database.get(find, requestId, number)
      if (row === undefined) return undefined
      return {
        requestId,
        number,
        at: Number(row['at']),
        prompt: String(row['prompt']),
        answer: String(row['answer']),
        isCut: row['is_cut'] === 1,
      }
    },
    count: () => Number(database.get(count)?.['texts']),
    delete: (before = Number.MAX_SAFE_INTEGER) =>
      overwriting(database, () => database.run(deleteOld, before).changes),
  }
}
