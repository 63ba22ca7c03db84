import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Database, Row, SqlValue } from '../../core/ports.js'
import { isBusy, storageError } from './errors.js'
import { createLockWait } from './lockWait.js'

export interface ConnectionOptions {
  readonly sqlite: DatabaseSync
  readonly path: string
  readonly readOnly: boolean
}

/** Statement texts are constant, so there are not many; a program that makes them up is stopped from growing. */
const mostStatements = 500

/** The port over one open `node:sqlite` connection, which it closes. */
export function createConnection({ sqlite, path, readOnly }: ConnectionOptions): Database {
  const statements = new Map<string, StatementSync>()
  const waitForLock = createLockWait()
  let depth = 0
  sqlite.exec('PRAGMA busy_timeout = 0')

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql)
    if (known !== undefined) return known
    if (statements.size >= mostStatements) statements.clear()
    const statement = sqlite.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  /** After a first failure: statements that fail are rare, and what is done for each of them is not to cost the others. */
  function again<T>(failure: unknown, work: () => T): T {
    try {
      if (!isBusy(failure)) throw failure
      return waitForLock(work)
    } catch (error) {
      throw storageError(path, error)
    }
  }

  function guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      return again(error, work)
    }
  }

  function run(sql: string, values: readonly SqlValue[]) {
    const { changes, lastInsertRowid } = prepare(sql).run(...values)
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
  }

  const begin = () => prepare('BEGIN IMMEDIATE').run()
  const end = () => prepare('COMMIT').run()

  function commit<T>(work: () => T): T {
    guard(begin)
    depth++
    try {
      const result = work()
      guard(end)
      return result
    } catch (error) {
      // SQLite itself has undone a transaction that met a full disk or a damaged file.
      if (sqlite.isTransaction) guard(() => sqlite.exec('ROLLBACK'))
      throw error
    } finally {
      depth--
    }
  }

  return {
    readOnly,
    run(sql, ...values) {
      try {
        return run(sql, values)
      } catch (error) {
        return again(error, () => run(sql, values))
      }
    },
    get(sql, ...values: readonly SqlValue[]): Row | undefined {
      try {
        return prepare(sql).get(...values)
      } catch (error) {
        return again(error, () => prepare(sql).get(...values))
      }
    },
    all: (sql, ...values) => guard(() => prepare(sql).all(...values)),
    exec: (sql) => guard(() => sqlite.exec(sql)),
    transaction: (work) => (depth > 0 ? work() : commit(work)),
    dispose() {
      statements.clear()
      if (sqlite.isOpen) sqlite.close()
    },
  }
}
