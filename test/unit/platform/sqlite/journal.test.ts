import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { isSafeVersion } from '../../../../src/platform/sqlite/journal.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createDatabaseFolder } from '../../../fakes/databases.js'

const smallestPage = 512
const logHeader = 32
const frameHeader = 24
const rows = 12

/** Where in the log each commit ends: a frame that says how large the database is afterwards closes one. */
function findCommits(log: Buffer, pageSize: number): number[] {
  const commits: number[] = []
  const frame = frameHeader + pageSize
  for (let at = logHeader; at + frame <= log.length; at += frame) {
    if (log.readUInt32BE(at + 4) > 0) commits.push(at + frame)
  }
  return commits
}

/** A database whose rows are all in its log, beside a copy of both as a crash would leave them. */
async function writeLog(path: string): Promise<string> {
  const folder = createDatabaseFolder()
  try {
    await mkdir(dirname(folder.path), { recursive: true })
    const empty = new DatabaseSync(folder.path)
    empty.exec(`PRAGMA page_size = ${smallestPage}; VACUUM`)
    empty.close()
    const database = await folder.open()
    database.get('PRAGMA wal_checkpoint(TRUNCATE)')
    const ledger = createLedger({ database, log: folder.log })
    for (let index = 0; index < rows; index++) {
      ledger.append(createAttemptRecord({ at: 1_000 + index, requestId: `${index}` }))
    }
    copyFileSync(folder.path, path)
    copyFileSync(`${folder.path}-wal`, `${path}-wal`)
    return path
  } finally {
    folder.remove()
  }
}

function readRows(path: string): { readonly ids: readonly unknown[]; readonly check: unknown } {
  rmSync(`${path}-shm`, { force: true })
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const ids = database.prepare('SELECT request_id FROM attempt ORDER BY at').all()
    const check = database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
    return { ids: ids.map((row) => row['request_id']), check }
  } finally {
    database.close()
  }
}

describe('the write-ahead log', function () {
  this.timeout(300_000)

  it('gives back what was committed before it was cut, at every byte, and nothing of what was not', async () => {
    const folder = createDatabaseFolder()
    try {
      await mkdir(dirname(folder.path), { recursive: true })
      const path = await writeLog(join(dirname(folder.path), 'cut.db'))
      const log = readFileSync(`${path}-wal`)
      const commits = findCommits(log, smallestPage)
      assert.equal(commits.length, rows)
      for (let length = log.length; length >= 0; length--) {
        truncateSync(`${path}-wal`, length)
        const whole = commits.filter((end) => end <= length).length
        const { ids, check } = readRows(path)
        const expected = Array.from({ length: whole }, (_, index) => `${index}`)
        assert.deepEqual([ids, check], [expected, 'ok'], `cut at byte ${length} of ${log.length}`)
      }
    } finally {
      folder.remove()
    }
  })

  it('is used from the SQLite on that cannot damage it', () => {
    const versions = ['3.7.0', '3.49.1', '3.51.2', '3.51.3', '3.52.0', '3.53.4', '4.0.0', '', 'unknown']
    assert.deepEqual(versions.filter(isSafeVersion), ['3.51.3', '3.52.0', '3.53.4', '4.0.0'])
  })
})
