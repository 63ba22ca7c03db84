import assert from 'node:assert/strict'
import { chmodSync, copyFileSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from '../../../../src/core/ports.js'
import type { Migration } from '../../../../src/core/storage/migration.js'
import { useDatabaseFolder } from '../../../fakes/databases.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'

const steps: readonly Migration[] = [
  { number: 1, name: 'notes', sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' },
]

/** Opens it as a user who may write nowhere but into `temporary`. */
const program = (
  path: string,
  temporary: string,
): string => `import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { createClock } from 'src/platform/clock.ts'
import { openDatabase } from 'src/platform/sqlite/open.ts'
const quiet = () => undefined
mkdirSync(${JSON.stringify(temporary)}, { recursive: true })
chmodSync(${JSON.stringify(temporary)}, 0o777)
process.env.TMPDIR = ${JSON.stringify(temporary)}
const options = { path: ${JSON.stringify(path)}, migrations: ${JSON.stringify(steps)}, damaged: 'keep', clock: createClock(),
  notices: { notice: ({ code }) => console.log(code) },
  log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet } }
await import('src/core/storage/migration.ts')
await import('src/platform/sqlite/unwritable.ts')
if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
const copies = () => readdirSync(${JSON.stringify(temporary)}).length
const database = await openDatabase(options)
console.log(database.readOnly, database.all('SELECT text FROM note').map(({ text }) => text).join())
try { database.run("INSERT INTO note (text) VALUES ('lost')"); console.log('written') } catch (error) { console.log(error.code) }
const during = copies()
database.dispose()
while (copies() > 0) await new Promise((resolve) => setImmediate(resolve))
console.log(during, copies())`

describe('a database on a disk that cannot be written', () => {
  const folder = useDatabaseFolder()
  let database: Database
  beforeEach(async () => {
    database = await folder.open({ migrations: steps, sqliteVersion: '3.51.3' })
    assert.equal(database.get('PRAGMA journal_mode')?.['journal_mode'], 'wal')
    database.run("INSERT INTO note (text) VALUES ('kept')")
  })

  const readAsOther = async (path: string): Promise<string> => {
    const home = dirname(path)
    for (const name of readdirSync(home)) chmodSync(`${home}/${name}`, 0o444)
    chmodSync(home, 0o555)
    chmodSync(dirname(home), 0o755)
    const temporary = `${dirname(home)}/temporary-${process.pid}`
    try {
      return await runElsewhere(program(path, temporary))
    } finally {
      chmodSync(home, 0o700)
    }
  }

  it('is read as it is when its programs have closed it', async () => {
    database.dispose()
    assert.equal(await readAsOther(folder.path), 'storage-read-only\ntrue kept\nnot-saved\n0 0')
  })

  it('is read with what was written ahead, from a copy that is removed in the end', async () => {
    const left = `${folder.path}.left`
    copyFileSync(folder.path, left)
    copyFileSync(`${folder.path}-wal`, `${left}-wal`)
    database.dispose()
    assert.equal(await readAsOther(left), 'storage-read-only\ntrue kept\nnot-saved\n1 0')
  })
})
