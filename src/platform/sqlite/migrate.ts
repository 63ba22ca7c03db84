import { ModelError } from '../../core/errors.js'
import type { Database } from '../../core/ports.js'
import { type Migration, schemaVersion } from '../../core/storage/migration.js'

export function readVersion(database: Database): number {
  return Number(database.get('PRAGMA user_version')?.['user_version'] ?? 0)
}

/** Runs the steps that are due. Whoever comes second finds them done: the version is read under the write lock. */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  if (readVersion(database) >= schemaVersion(migrations)) return
  // A table that others refer to can only be replaced while nobody watches over references; within a transaction that is fixed.
  database.exec('PRAGMA foreign_keys = OFF')
  try {
    database.transaction(() => runSteps(database, migrations))
  } finally {
    database.exec('PRAGMA foreign_keys = ON')
  }
}

function runSteps(database: Database, migrations: readonly Migration[]): void {
  const version = readVersion(database)
  for (const { number, name, sql } of migrations) {
    if (number <= version) continue
    runStep(database, sql, name)
    database.exec(`PRAGMA user_version = ${number}`)
  }
}

function runStep(database: Database, sql: string, name: string): void {
  try {
    database.exec(sql)
  } catch (cause) {
    throw new ModelError({
      code: 'not-saved',
      message: `The database could not be brought up to date ("${name}"). Nothing was changed; the log has the details.`,
      cause,
    })
  }
}
