import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database, Notice } from '../../src/core/ports.js'
import { migrations } from '../../src/core/storage/migrations.js'
import { createClock } from '../../src/platform/clock.js'
import { type OpenDatabaseOptions, openDatabase } from '../../src/platform/sqlite/open.js'
import { createMemoryLog, type MemoryLog } from './memoryStores.js'

export interface DatabaseFolder {
  readonly path: string
  readonly notices: Notice[]
  readonly log: MemoryLog
  /** One more connection to the same file, as one more window has it. */
  open(options?: Partial<OpenDatabaseOptions>): Promise<Database>
  /** Closes all connections and deletes the folder. */
  remove(): void
}

/** A folder with a real `roundhouse.db` that does not exist yet. */
export function createDatabaseFolder(): DatabaseFolder {
  const parent = mkdtempSync(join(tmpdir(), 'roundhouse-database-'))
  const path = join(parent, 'storage', 'roundhouse.db')
  const notices: Notice[] = []
  const log = createMemoryLog()
  const opened: Database[] = []
  return {
    path,
    notices,
    log,
    async open(options = {}) {
      const database = await openDatabase({
        path,
        migrations,
        damaged: 'keep',
        clock: createClock(),
        log,
        notices: { notice: (notice) => void notices.push(notice) },
        // Wherever the tests run, the log is what they are about.
        remoteKind: async () => undefined,
        ...options,
      })
      opened.push(database)
      return database
    },
    remove() {
      for (const database of opened) database.dispose()
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

/** A new folder for each test of a `describe`. */
export function useDatabaseFolder(): DatabaseFolder {
  let given: DatabaseFolder | undefined
  const current = (): DatabaseFolder => given ?? assert.fail('There is a folder only while a test runs.')
  beforeEach(() => void (given = createDatabaseFolder()))
  afterEach(() => {
    given?.remove()
    given = undefined
  })
  return {
    get path() {
      return current().path
    },
    get notices() {
      return current().notices
    },
    get log() {
      return current().log
    },
    open: (options) => current().open(options),
    remove: () => current().remove(),
  }
}

/** A connection that is open in each test of a `describe`. */
export function useOpenDatabase(folder: DatabaseFolder): Database {
  let given: Database | undefined
  const current = (): Database => given ?? assert.fail('There is a database only while a test runs.')
  beforeEach(async () => {
    given = await folder.open()
  })
  return {
    get readOnly() {
      return current().readOnly
    },
    get isLocked() {
      return current().isLocked
    },
    unlocked: (signal) => current().unlocked(signal),
    onDidUnlock: (listener) => current().onDidUnlock(listener),
    run: (sql, ...values) => current().run(sql, ...values),
    get: (sql, ...values) => current().get(sql, ...values),
    all: (sql, ...values) => current().all(sql, ...values),
    exec: (sql) => current().exec(sql),
    transaction: (work) => current().transaction(work),
    dispose: () => current().dispose(),
  }
}

/** The lines of a program for `startElsewhere` that opens `database` as another window does. */
export function openingLines(path: string): string {
  return `import { createClock } from 'src/platform/clock.ts'
import { openDatabase } from 'src/platform/sqlite/open.ts'
import { migrations } from 'src/core/storage/migrations.ts'
const quiet = () => undefined
const log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet }
const options = { path: ${JSON.stringify(path)}, migrations, damaged: 'keep', clock: createClock(), log,
  notices: { notice: ({ code }) => console.log(code) }, remoteKind: async () => undefined }
const database = await openDatabase(options)
`
}
