import type { CacheLimits } from '../../core/cache/policy.js'
import type { CacheStore } from '../../core/cache/store.js'
import type { Clock, Database, Log, Notices } from '../../core/ports.js'
import { cacheMigrations } from '../../core/storage/cacheMigrations.js'
import { isBusy, isDamage, isStrange } from '../sqlite/errors.js'
import { identify, setAside } from '../sqlite/files.js'
import { openDatabase } from '../sqlite/open.js'
import { sqliteEntries } from './sqliteEntries.js'

export interface SqliteStoreOptions {
  /** Absolute path of `cache.db`. */
  readonly path: string
  readonly limits: () => CacheLimits
  readonly clock: Clock
  readonly log: Log
  readonly notices: Notices
}

interface Opened {
  readonly database: Database
  readonly identity: string | undefined
}

async function connect(options: SqliteStoreOptions): Promise<Opened> {
  const { path, clock, log, notices } = options
  const database = await openDatabase({
    path,
    migrations: cacheMigrations,
    damaged: 'set-aside',
    clock,
    log,
    notices,
  })
  try {
    // What was deleted shall not be read from the file's free pages.
    database.exec('PRAGMA secure_delete = ON')
    sqliteEntries.recount(database)
    return { database, identity: await identify(path) }
  } catch (error) {
    database.dispose()
    throw error
  }
}

/** The file's own error, or a statement that the product has made and this file does not understand. */
const isUnusable = (error: unknown): boolean => isDamage(error) || isStrange(error)

/** Puts the file out of the way and opens an empty one, unless another window has already done so. */
async function replace(options: SqliteStoreOptions, identity: string | undefined): Promise<Opened> {
  const aside = await setAside(options.path, identity)
  if (aside !== undefined) {
    options.log.warn(`${options.path} was damaged and is made anew; what was left of it is in ${aside}.`)
  }
  return await connect(options)
}

async function connectOrReplace(options: SqliteStoreOptions): Promise<Opened> {
  const identity = await identify(options.path)
  try {
    return await connect(options)
  } catch (error) {
    if (!isUnusable(error)) throw error
    return await replace(options, identity)
  }
}

/** Empties the log, which still holds what was deleted, and gives an empty file's room back. */
function compactFile(database: Database): void {
  try {
    if (sqliteEntries.totals(database).entries === 0) database.exec('VACUUM')
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch (error) {
    // Another window is reading: the log is emptied when SQLite next comes to it.
    if (!isBusy(error)) throw error
  }
}

/** Entries that windows share. A database that turns out to be damaged is set aside, and an empty one takes its place. */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<CacheStore> {
  let opened = await connectOrReplace(options)
  let replacing: Promise<void> | undefined
  const { limits, clock } = options

  async function replaceOnce(broken: Opened): Promise<void> {
    if (opened !== broken) return
    replacing ??= (async () => {
      broken.database.dispose()
      opened = await replace(options, broken.identity)
    })().finally(() => (replacing = undefined))
    await replacing
  }

  /** Moves on where another window has put the file out of the way: this one may still read it, out of memory. */
  async function follow(): Promise<void> {
    const current = opened
    if ((await identify(options.path)) !== current.identity) await replaceOnce(current)
  }

  async function use<T>(work: (database: Database) => T): Promise<T> {
    if (replacing !== undefined) await replacing
    const current = opened
    try {
      return work(current.database)
    } catch (error) {
      // One that may only be read belongs to a newer Roundhouse.
      if (current.database.readOnly || !isUnusable(error)) throw error
      await replaceOnce(current)
      return work(opened.database)
    }
  }

  return {
    get: (key) => use((database) => sqliteEntries.get(database, key, clock.now())),
    set: (...entries) => use((database) => sqliteEntries.put(database, entries, limits())),
    delete: (filter) =>
      use((database) => {
        const deleted = sqliteEntries.remove(database, filter)
        if (deleted > 0) compactFile(database)
        return deleted
      }),
    async size() {
      const { entries, bytes } = await use(sqliteEntries.totals)
      return { entries, bytes }
    },
    async deletions() {
      await follow()
      return (await use(sqliteEntries.totals)).deletions
    },
    dispose: () => opened.database.dispose(),
  }
}
