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

/** Statements, prepared once each, that wait for other windows. */
function createStatements(sqlite: DatabaseSync, path: string) {
  const statements = new Map<string, StatementSync>()
  const waitForLock = createLockWait()

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

  function write(sql: string, values: readonly SqlValue[]) {
    const { changes, lastInsertRowid } = prepare(sql).run(...values)
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
  }

  return {
    clear: () => statements.clear(),
    run(sql: string, values: readonly SqlValue[]) {
      try {
        return write(sql, values)
      } catch (error) {
        return again(error, () => write(sql, values))
      }
    },
    get(sql: string, values: readonly SqlValue[]): Row | undefined {
      try {
        return prepare(sql).get(...values)
      } catch (error) {
        return again(error, () => prepare(sql).get(...values))
      }
    },
    guard<T>(work: () => T): T {
      try {
        return work()
      } catch (error) {
        return again(error, work)
      }
    },
    prepare,
  }
}

/** The port over one open `node:sqlite` connection, which it closes. */
export function createConnection({ sqlite, path, readOnly }: ConnectionOptions): Database {
  const statements = createStatements(sqlite, path)
  let depth = 0
  sqlite.exec('PRAGMA busy_timeout = 0')

  function commit<T>(work: () => T): T {
    statements.run('BEGIN IMMEDIATE', [])
    depth++
    try {
      const result = work()
      statements.run('COMMIT', [])
      return result
    } catch (error) {
      // SQLite itself has undone a transaction that met a full disk or a damaged file.
      if (sqlite.isTransaction) statements.guard(() => sqlite.exec('ROLLBACK'))
      throw error
    } finally {
      depth--
    }
  }

  return {
    readOnly,
    run: (sql, ...values) => statements.run(sql, values),
    get: (sql, ...values) => statements.get(sql, values),
    all: (sql, ...values) => statements.guard(() => statements.prepare(sql).all(...values)),
    exec: (sql) => statements.guard(() => sqlite.exec(sql)),
    transaction: (work) => (depth > 0 ? work() : commit(work)),
    dispose() {
      statements.clear()
      if (sqlite.isOpen) sqlite.close()
    },
  }
}
