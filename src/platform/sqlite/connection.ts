import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Database, Row, SqlValue } from '../../core/ports.js'
import { storageError } from './errors.js'
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

  function guard<T>(work: () => T): T {
    try {
      return waitForLock(work)
    } catch (error) {
      throw storageError(path, error)
    }
  }

  function commit<T>(work: () => T): T {
    guard(() => prepare('BEGIN IMMEDIATE').run())
    depth++
    try {
      const result = work()
      guard(() => prepare('COMMIT').run())
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
    run: (sql, ...values) =>
      guard(() => {
        const { changes, lastInsertRowid } = prepare(sql).run(...values)
        return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
      }),
    get: (sql, ...values: readonly SqlValue[]): Row | undefined => guard(() => prepare(sql).get(...values)),
    all: (sql, ...values) => guard(() => prepare(sql).all(...values)),
    exec: (sql) => guard(() => sqlite.exec(sql)),
    transaction: (work) => (depth > 0 ? work() : commit(work)),
    dispose() {
      statements.clear()
      if (sqlite.isOpen) sqlite.close()
    },
  }
}
