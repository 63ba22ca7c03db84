import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ModelError } from '../../core/errors.js'
import type { Clock, Database, Row, SqlValue } from '../../core/ports.js'
import { storageError } from './errors.js'
import { createLockGate, type LockGate } from './lockGate.js'

export interface ConnectionOptions {
  readonly sqlite: DatabaseSync
  readonly path: string
  readonly readOnly: boolean
  readonly clock: Pick<Clock, 'alarm' | 'monotonic'>
  /** Of the schema that this program writes; absent for one that only reads. */
  readonly version?: number
  /** Called once, when a newer program has changed the schema of the open database. */
  readonly onNewer?: () => void
  /** Blocks the event loop while another program has the lock. By default with `Atomics.wait`. */
  readonly block?: (ms: number) => void
}

/** Statement texts are constant, so there are not many; a program that makes them up is stopped from growing. */
const mostStatements = 500

/** Statements, prepared once each, that wait for other windows. */
function createStatements(sqlite: DatabaseSync, path: string, gate: LockGate) {
  const statements = new Map<string, StatementSync>()

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
      return gate.retry(failure, work)
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

function superseded(path: string): ModelError {
  return new ModelError({
    code: 'not-saved',
    message: `A newer Roundhouse in another window has brought ${path} up to date. This window only reads it; reload the window.`,
  })
}

/** Free for this program: whether it takes the write lock, or only reads. */
function createProbe(sqlite: DatabaseSync, readOnly: boolean): () => void {
  return () => {
    if (readOnly) sqlite.exec('SELECT 1 FROM sqlite_schema LIMIT 1')
    else sqlite.exec('BEGIN IMMEDIATE; ROLLBACK')
  }
}

/** The port over one open `node:sqlite` connection, which it closes. */
export function createConnection(options: ConnectionOptions): Database {
  const { sqlite, path, version } = options
  const gate = createLockGate({ ...options, probe: createProbe(sqlite, options.readOnly) })
  const statements = createStatements(sqlite, path, gate)
  let { readOnly } = options
  let depth = 0
  sqlite.exec('PRAGMA busy_timeout = 0')

  /** Under the lock, so that nothing is ever written into a schema that this program does not know. */
  function checkVersion(): void {
    if (version === undefined) return
    if (Number(statements.get('PRAGMA user_version', [])?.['user_version']) <= version) return
    if (!readOnly) options.onNewer?.()
    readOnly = true
    throw superseded(path)
  }

  function commit<T>(work: () => T): T {
    statements.run('BEGIN IMMEDIATE', [])
    depth++
    try {
      checkVersion()
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
    get readOnly() {
      return readOnly
    },
    get isLocked() {
      return gate.isLocked
    },
    unlocked: (signal) => gate.unlocked(signal),
    onDidUnlock: gate.onDidUnlock,
    run: (sql, ...values) =>
      depth > 0 || version === undefined
        ? statements.run(sql, values)
        : commit(() => statements.run(sql, values)),
    get: (sql, ...values) => statements.get(sql, values),
    all: (sql, ...values) => statements.guard(() => statements.prepare(sql).all(...values)),
    exec: (sql) => statements.guard(() => sqlite.exec(sql)),
    transaction: (work) => (depth > 0 ? work() : commit(work)),
    dispose() {
      gate.dispose()
      statements.clear()
      if (sqlite.isOpen) sqlite.close()
    },
  }
}
