import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isModelError } from '../../../../src/core/errors.js'
import type { Migration } from '../../../../src/core/storage/migration.js'
import { openingLines, useDatabaseFolder } from '../../../fakes/databases.js'
import { releaseTogether, runElsewhere, startElsewhere } from '../../../fakes/elsewhere.js'

const steps: readonly Migration[] = [
  { number: 1, name: 'notes', sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' },
  { number: 2, name: 'first note', sql: "INSERT INTO note (text) VALUES ('from step 2')" },
]

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const isNotSaved = (error: unknown): boolean => isModelError(error) && error.code === 'not-saved'

describe('opening a database', () => {
  const folder = useDatabaseFolder()

  it('writes ahead, and closes folder, file and side files to other users', async () => {
    const before = process.umask(0)
    try {
      const database = await folder.open({ migrations: steps })
      assert.equal(database.get('PRAGMA journal_mode')?.['journal_mode'], 'wal')
      assert.equal(database.get('PRAGMA synchronous')?.['synchronous'], 1)
      const files = readdirSync(dirname(folder.path))
      assert.deepEqual(files.toSorted(), ['roundhouse.db', 'roundhouse.db-shm', 'roundhouse.db-wal'])
      assert.deepEqual(
        files.map((name) => modeOf(`${dirname(folder.path)}/${name}`)),
        ['600', '600', '600'],
      )
      assert.equal(modeOf(dirname(folder.path)), '700')
    } finally {
      process.umask(before)
    }
  })

  it('runs each step once though eight processes start together', async () => {
    const counting = `const steps = ${JSON.stringify(steps)}`
    const children = Array.from({ length: 8 }, () =>
      startElsewhere(
        `import { createClock } from 'src/platform/clock.ts'
import { openDatabase } from 'src/platform/sqlite/open.ts'
${counting}
const quiet = () => undefined
console.log('ready')
await new Promise((resolve) => process.stdin.once('data', resolve))
const database = await openDatabase({ path: ${JSON.stringify(folder.path)}, migrations: steps, damaged: 'keep',
  clock: createClock(), notices: { notice: quiet }, log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet } })
database.run("INSERT INTO note (text) VALUES ('of a window')")
console.log('done')
database.dispose()
process.exit()`,
      ),
    )
    assert.deepEqual(
      await releaseTogether(children),
      Array.from({ length: 8 }, () => 'ready\ndone'),
    )
    const database = await folder.open({ migrations: steps })
    const counts = database.all('SELECT text, count(*) AS times FROM note GROUP BY text ORDER BY text')
    assert.deepEqual(
      counts.map(({ text, times }) => [text, times]),
      [
        ['from step 2', 1],
        ['of a window', 8],
      ],
    )
  })

  it('runs only the new steps on a database that an older version made', async () => {
    const older = await folder.open({ migrations: steps.slice(0, 1) })
    older.run("INSERT INTO note (text) VALUES ('old')")
    older.dispose()
    const database = await folder.open({ migrations: steps })
    assert.deepEqual(
      database.all('SELECT text FROM note').map(({ text }) => text),
      ['old', 'from step 2'],
    )
  })

  it('leaves the database as it was where a step fails', async () => {
    const bad = { number: 3, name: 'bad', sql: 'CREATE TABLE more (a); INSERT INTO nowhere VALUES (1)' }
    await assert.rejects(folder.open({ migrations: [...steps, bad] }), isNotSaved)
    const database = await folder.open({ migrations: steps.slice(0, 1) })
    assert.equal(database.get("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'more'")?.['n'], 0)
    assert.equal(database.get('SELECT count(*) AS n FROM note')?.['n'], 0)
  })

  it('opens a database of a newer version for reading, with a notice', async () => {
    const newer = await folder.open({ migrations: steps })
    const database = await folder.open({ migrations: steps.slice(0, 1) })
    assert.equal(database.readOnly, true)
    assert.deepEqual(
      folder.notices.map(({ code }) => code),
      ['storage-newer'],
    )
    newer.run("INSERT INTO note (text) VALUES ('later')")
    assert.equal(database.get('SELECT count(*) AS n FROM note')?.['n'], 2)
    assert.throws(() => database.run("INSERT INTO note (text) VALUES ('lost')"), isNotSaved)
  })

  it('has a rollback journal where SQLite could lose data by writing ahead', async () => {
    for (const sqliteVersion of ['3.51.2', '3.49.1', '2.99.99']) {
      const database = await folder.open({ migrations: steps, sqliteVersion })
      assert.equal(database.get('PRAGMA journal_mode')?.['journal_mode'], 'delete', sqliteVersion)
      database.dispose()
    }
    for (const sqliteVersion of ['3.51.3', '3.52.0', '4.0.0']) {
      const database = await folder.open({ migrations: steps, sqliteVersion })
      assert.equal(database.get('PRAGMA journal_mode')?.['journal_mode'], 'wal', sqliteVersion)
      database.dispose()
    }
  })

  it('has a rollback journal on a network file system, and says so', async () => {
    const database = await folder.open({ migrations: steps, remoteKind: async () => 'NFS' })
    assert.equal(database.get('PRAGMA journal_mode')?.['journal_mode'], 'delete')
    assert.equal(existsSync(`${folder.path}-wal`), false)
    assert.deepEqual(
      folder.notices.map(({ code, message }) => [code, message.includes('(NFS)')]),
      [['storage-on-network', true]],
    )
  })

  it('reads what it may not write, with a notice, and names the path where it may not even read', async () => {
    const database = await folder.open({ sqliteVersion: '3.51.2' })
    database.dispose()
    const program = (modes: string): string => `import { chmodSync } from 'node:fs'
import { createClock } from 'src/platform/clock.ts'
import { openDatabase } from 'src/platform/sqlite/open.ts'
const path = ${JSON.stringify(folder.path)}
const quiet = () => undefined
const options = { path, migrations: [], damaged: 'keep', clock: createClock(), notices: { notice: ({ code }) => console.log(code) },
  log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet } }
await import('src/core/storage/migration.ts')
${modes}
if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
try { const database = await openDatabase(options); console.log(database.readOnly, database.get('PRAGMA user_version')?.user_version >= 0) }
catch (error) { console.log(error.code, error.message) }`
    const readable = `chmodSync(path, 0o444)
const { dirname } = await import('node:path')
chmodSync(dirname(path), 0o555); chmodSync(dirname(dirname(path)), 0o755)`
    assert.equal(await runElsewhere(program(readable)), 'storage-read-only\ntrue true')
    const closed = `const { dirname } = await import('node:path')\nchmodSync(dirname(path), 0o000)`
    assert.match(
      await runElsewhere(program(closed)),
      /^not-saved .*roundhouse\.db could not be used\. Permission was denied\./,
    )
  })

  it('keeps a damaged database where it is, and says what to do', async () => {
    const database = await folder.open({ migrations: steps })
    database.dispose()
    writeFileSync(folder.path, 'no database at all, but long enough to be looked at as one'.repeat(100))
    const before = readFileSync(folder.path)
    await assert.rejects(
      folder.open({ migrations: steps }),
      (error: unknown) => isNotSaved(error) && error instanceof Error && error.message.includes(folder.path),
    )
    assert.deepEqual(readFileSync(folder.path), before)
  })

  it('sets a damaged database aside where it can be made again, and begins anew', async () => {
    const database = await folder.open({ migrations: steps })
    for (let row = 0; row < 2_000; row++) database.run('INSERT INTO note (text) VALUES (?)', 'x'.repeat(100))
    database.dispose()
    truncateSync(folder.path, 4_096 * 5)
    const again = await folder.open({ migrations: steps, damaged: 'set-aside' })
    assert.equal(again.get('SELECT count(*) AS n FROM note')?.['n'], 1)
    assert.deepEqual(
      folder.notices.map(({ code }) => code),
      ['storage-set-aside'],
    )
    const names = readdirSync(dirname(folder.path))
    assert.equal(names.filter((name) => name.startsWith('roundhouse.db.damaged-')).length, 1)
  })

  it('opens the schema of this version from another process', async () => {
    assert.equal(await runElsewhere(`${openingLines(folder.path)}console.log(database.readOnly)`), 'false')
  })
})
