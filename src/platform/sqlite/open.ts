import { dirname } from 'node:path'
import type * as nodeSqlite from 'node:sqlite'
import { isModelError, ModelError } from '../../core/errors.js'
import type { Clock, Database, Log, Notices } from '../../core/ports.js'
import { type Migration, schemaVersion } from '../../core/storage/migration.js'
import { systemCodeOf } from '../diskErrors.js'
import { createConnection } from './connection.js'
import { isBusy, isDamage, isRefused, storageError } from './errors.js'
import { identify, prepareFile, setAside } from './files.js'
import { findRemoteKind, isSafeVersion } from './journal.js'
import { busyTimeoutMs } from './lockGate.js'
import { migrate, readVersion } from './migrate.js'
import { findReadablePlace } from './unwritable.js'

export interface OpenDatabaseOptions {
  /** Absolute path of the file. */
  readonly path: string
  readonly migrations: readonly Migration[]
  /** `set-aside` is for what can be made again: the damaged file is renamed and an empty one takes its place. */
  readonly damaged: 'keep' | 'set-aside'
  readonly clock: Clock
  readonly log: Log
  readonly notices: Notices
  /** The machine's own where absent. */
  readonly sqliteVersion?: string
  readonly remoteKind?: (folder: string) => Promise<string | undefined>
}

type SqliteModule = typeof nodeSqlite

const retryDelayMs = 10

/**
 * The log goes into the database every 16 MB, not every 4: whoever does it waits for the disk, and the pages that every
 * attempt changes are then written once for four times as many.
 */
const settings = `PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 33554432`

/** Shown once, whether the window has just opened or has been open while another one was updated. */
function tellNewer({ path, notices }: OpenDatabaseOptions): void {
  const message = `${path} was made by a newer Roundhouse. This window reads it, and hard budgets refuse here; reload the window, or update Roundhouse.`
  notices.notice({ code: 'storage-newer', message })
}

async function loadSqlite(path: string): Promise<SqliteModule> {
  try {
    return await import('node:sqlite')
  } catch (cause) {
    const message = `${path} needs a VS Code whose Node has SQLite. Update VS Code.`
    throw new ModelError({ code: 'not-saved', message, cause })
  }
}

interface Connecting extends OpenDatabaseOptions {
  readonly readOnly: boolean
  /** Of the file that is read; `path` where absent. */
  readonly location?: string | URL
}

function connect(sqlite: SqliteModule, options: Connecting): Database {
  const { path, clock, migrations, readOnly, location = path } = options
  let opened: nodeSqlite.DatabaseSync | undefined
  try {
    opened = new sqlite.DatabaseSync(location, { readOnly, timeout: 0 })
    opened.exec(settings)
    const writing = readOnly ? {} : { version: schemaVersion(migrations), onNewer: () => tellNewer(options) }
    return createConnection({ sqlite: opened, path, readOnly, clock, ...writing })
  } catch (error) {
    opened?.close()
    throw storageError(path, error)
  }
}

/** Waits without blocking: for a file that another program has locked, and for what SQLite itself never waits for. */
async function whenFree<T>(clock: Clock, work: () => T): Promise<T> {
  const end = clock.monotonic() + busyTimeoutMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() > end) throw error
      await clock.sleep(retryDelayMs)
    }
  }
}

async function connectReadOnly(
  sqlite: SqliteModule,
  options: OpenDatabaseOptions,
  location?: string | URL,
): Promise<Database> {
  const reading = { ...options, readOnly: true, ...(location === undefined ? {} : { location }) }
  const database = await whenFree(options.clock, () => connect(sqlite, reading))
  try {
    await whenFree(options.clock, () => readVersion(database))
    return database
  } catch (error) {
    database.dispose()
    throw error
  }
}

/** On a disk that cannot be written, SQLite cannot make the files that it shares with other programs. */
async function connectUnwritable(sqlite: SqliteModule, options: OpenDatabaseOptions): Promise<Database> {
  try {
    return await connectReadOnly(sqlite, options)
  } catch (error) {
    if (!isRefused(error)) throw error
    const place = await findReadablePlace(options.path).catch(() => {
      throw error
    })
    try {
      const database = await connectReadOnly(sqlite, options, place.location)
      const dispose = (): void => {
        database.dispose()
        place
          .release()
          .catch((thrown: unknown) => options.log.error('A copy of a database is left behind', thrown))
      }
      return { ...database, readOnly: true, dispose }
    } catch (thrown) {
      await place.release()
      throw thrown
    }
  }
}

async function mayWriteAhead(database: Database, options: OpenDatabaseOptions): Promise<boolean> {
  const { log, notices, path } = options
  const version =
    options.sqliteVersion ?? String(database.get('SELECT sqlite_version() AS version')?.['version'])
  if (!isSafeVersion(version)) {
    log.warn(`SQLite ${version} can lose data with a write-ahead log; ${path} has a rollback journal instead`)
    return false
  }
  const kind = await (options.remoteKind ?? findRemoteKind)(dirname(path))
  if (kind === undefined) return true
  const message = `${path} is on a file system that several machines may share (${kind}). Roundhouse works, but saves more slowly; move VS Code’s user data to a disk of this machine.`
  notices.notice({ code: 'storage-on-network', message })
  log.warn(message)
  return false
}

/** Changing the journal needs the file for oneself. */
function setJournal(database: Database, mode: 'wal' | 'delete'): void {
  if (database.get('PRAGMA journal_mode')?.['journal_mode'] === mode) return
  database.get(mode === 'wal' ? 'PRAGMA journal_mode = WAL' : 'PRAGMA journal_mode = DELETE')
}

/** Looks at the whole file: damage in the middle would otherwise be met one row at a time. */
function checkWhole(database: Database, path: string): void {
  const found = database.get('PRAGMA quick_check(1)')?.['quick_check']
  if (found === 'ok') return
  const cause = Object.assign(new Error(String(found)), { errcode: 11 })
  throw storageError(path, cause)
}

async function openWritable(sqlite: SqliteModule, options: OpenDatabaseOptions): Promise<Database> {
  const { path, migrations, clock } = options
  const database = await whenFree(clock, () => connect(sqlite, { ...options, readOnly: false }))
  try {
    if ((await whenFree(clock, () => readVersion(database))) > schemaVersion(migrations)) {
      database.dispose()
      tellNewer(options)
      return await connectReadOnly(sqlite, options)
    }
    const mode = (await mayWriteAhead(database, options)) ? 'wal' : 'delete'
    await whenFree(clock, () => setJournal(database, mode))
    if (options.damaged === 'set-aside') await whenFree(clock, () => checkWhole(database, path))
    await whenFree(clock, () => migrate(database, migrations))
    return database
  } catch (error) {
    database.dispose()
    throw error
  }
}

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(systemCodeOf(error) ?? '')
}

async function openOnce(sqlite: SqliteModule, options: OpenDatabaseOptions): Promise<Database> {
  try {
    await prepareFile(options.path)
    return await openWritable(sqlite, options)
  } catch (error) {
    const cause = isModelError(error) ? error : storageError(options.path, error)
    if (!isDenied(error) && !isRefused(error)) throw cause
    if ((await identify(options.path)) === undefined) throw cause
    const database = await connectUnwritable(sqlite, options)
    const message = `${options.path} cannot be written. This window reads it and saves nothing; make the file and its folder writable for you.`
    options.notices.notice({ code: 'storage-read-only', message })
    options.log.error(message, cause)
    return database
  }
}

/**
 * Opens a database, made where there is none and brought up to date, however many windows do so at once. One that a
 * newer version has made, or that may not be written, opens for reading, with a notice. Throws ModelError `not-saved`
 * or `forbidden`.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { path } = options
  const sqlite = await loadSqlite(path)
  const identity = await identify(path)
  try {
    return await openOnce(sqlite, options)
  } catch (error) {
    if (options.damaged === 'keep' || !isDamage(error)) throw error
    const aside = await setAside(path, identity)
    const message = `${path} was damaged and is made anew; what was left of it is in ${aside ?? 'a file beside it'}.`
    options.notices.notice({ code: 'storage-set-aside', message })
    options.log.warn(message)
    return openOnce(sqlite, options)
  }
}
