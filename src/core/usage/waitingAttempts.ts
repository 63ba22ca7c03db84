import type { Database, Log } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { AttemptSpool } from './attemptSpool.js'

export interface WaitingAttemptsOptions {
  readonly database: Pick<Database, 'readOnly' | 'isLocked'>
  readonly log: Log
  /** Without one, what the database never takes is lost with the window. */
  readonly spool?: Pick<AttemptSpool, 'keep'>
  /** All or none. Throws ModelError. */
  readonly write: (records: readonly AttemptRecord[]) => void
}

/** Attempts that are kept in memory while they cannot be written. */
const mostWaiting = 1_000

/** Reports the first failure in a row, and its end. */
function createTry({ log, write }: WaitingAttemptsOptions) {
  let isFailing = false
  return {
    write(records: readonly AttemptRecord[]): boolean {
      try {
        write(records)
        return true
      } catch (error) {
        if (!isFailing) log.error('Usage could not be recorded; it is kept until it can be', error)
        isFailing = true
        return false
      }
    },
    succeed(): void {
      if (isFailing) log.info('Usage is recorded again')
      isFailing = false
    },
  }
}

/** Attempts on their way to the database. */
export function createWaitingAttempts(options: WaitingAttemptsOptions) {
  const { database, log, spool } = options
  const tries = createTry(options)
  let waiting: readonly AttemptRecord[] = []

  /** All that waits; if that fails, one by one, the newest first: an older one may be such as can never be written. */
  function flush(): void {
    if (database.readOnly || waiting.length === 0) return
    if (tries.write(waiting)) {
      waiting = []
      tries.succeed()
      return
    }
    const newest = waiting.at(-1)
    if (newest === undefined || waiting.length === 1 || database.isLocked) return
    if (!tries.write([newest])) return
    waiting = waiting.slice(0, -1).filter((record) => !tries.write([record]))
  }

  function putAside(records: readonly AttemptRecord[]): void {
    if (records.length === 0) return
    try {
      spool?.keep(records)
    } catch (error) {
      log.error(`The usage of ${records.length} attempts is lost`, error)
    }
  }

  /** What is too much for this window's memory, and all of a window that may not write. */
  function trim(most: number): void {
    const count = Math.max(0, waiting.length - most)
    putAside(waiting.slice(0, count))
    waiting = waiting.slice(count)
  }

  return {
    /** Writes them and what waits. */
    add(records: readonly AttemptRecord[]): void {
      waiting = [...waiting, ...records]
      flush()
      trim(database.readOnly ? 0 : mostWaiting)
    },
    has: (record: AttemptRecord) => waiting.includes(record),
    /** Puts aside what still waits. */
    end: () => trim(0),
  }
}
