import assert from 'node:assert/strict'
import { isModelError } from '../../../../src/core/errors.js'
import { schemaVersion } from '../../../../src/core/storage/migration.js'
import { migrations } from '../../../../src/core/storage/migrations.js'
import { openingLines, useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { readOutput, startElsewhere } from '../../../fakes/elsewhere.js'

describe('a connection to a database', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  beforeEach(() => {
    database.exec('CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL, note TEXT) STRICT')
  })

  const values = () => database.all('SELECT value FROM counter ORDER BY id').map(({ value }) => value)

  it('binds values as what they are, however they look', () => {
    const hostile = "'); DROP TABLE counter; --"
    const { changes, lastInsertRowid } = database.run(
      'INSERT INTO counter (value, note) VALUES (?, ?)',
      1,
      hostile,
    )
    assert.deepEqual([changes, lastInsertRowid], [1, 1])
    assert.deepEqual({ ...database.get('SELECT value, note FROM counter') }, { value: 1, note: hostile })
    assert.equal(database.get('SELECT value FROM counter WHERE id = ?', 2), undefined)
  })

  it('undoes a whole transaction where its work throws, also when it joined another', () => {
    const failure = new Error('changed my mind')
    assert.throws(
      () =>
        database.transaction(() => {
          database.run('INSERT INTO counter (value) VALUES (1)')
          database.transaction(() => database.run('INSERT INTO counter (value) VALUES (2)'))
          throw failure
        }),
      failure,
    )
    assert.deepEqual(values(), [])
    assert.equal(
      database.transaction(() => database.run('INSERT INTO counter (value) VALUES (3)').changes),
      1,
    )
    assert.deepEqual(values(), [3])
  })

  it('loses no change of four processes that count in one row', async () => {
    database.run('INSERT INTO counter (value) VALUES (0)')
    const source = `${openingLines(folder.path)}
for (let turn = 0; turn < 250; turn++) {
  database.transaction(() => {
    const { value } = database.get('SELECT value FROM counter WHERE id = 1')
    database.run('UPDATE counter SET value = ? WHERE id = 1', value + 1)
  })
}
database.dispose()`
    const outputs = await Promise.all(Array.from({ length: 4 }, () => readOutput(startElsewhere(source))))
    assert.deepEqual(outputs, ['', '', '', ''])
    assert.deepEqual(values(), [1_000])
  })

  it('says what to do when the disk is full, keeps what was committed and goes on when there is space', () => {
    database.run('INSERT INTO counter (value, note) VALUES (1, ?)', 'kept')
    const pages = Number(database.get('PRAGMA page_count')?.['page_count'])
    database.exec(`PRAGMA max_page_count = ${pages}`)
    const fill = () =>
      database.transaction(() => {
        for (let row = 0; row < 100; row++) {
          database.run('INSERT INTO counter (value, note) VALUES (2, ?)', 'x'.repeat(1_000))
        }
      })
    assert.throws(
      fill,
      (error: unknown) =>
        isModelError(error) &&
        error.code === 'not-saved' &&
        error.message.includes('The disk is full. Free some space.'),
    )
    assert.deepEqual(values(), [1])
    database.exec('PRAGMA max_page_count = 1000000')
    fill()
    assert.equal(values().length, 101)
  })

  it('names the file in every error and keeps SQLite’s own as the cause', () => {
    assert.throws(
      () => database.run('INSERT INTO nowhere VALUES (1)'),
      (error: unknown) =>
        isModelError(error) && error.message.includes(folder.path) && error.cause instanceof Error,
    )
  })

  /** Holds the write lock in a process of its own until the function that it resolves with is called. */
  async function lockElsewhere(): Promise<() => Promise<void>> {
    const child = startElsewhere(`import { readSync } from 'node:fs'
${openingLines(folder.path)}
database.transaction(() => {
  database.run('INSERT INTO counter (value) VALUES (1)')
  process.stdout.write('locked')
  readSync(0, Buffer.alloc(1))
})
database.dispose()`)
    const ended = readOutput(child)
    await new Promise((resolve) => void child.stdout?.once('data', resolve))
    return async () => {
      child.stdin?.write('.')
      assert.equal(await ended, 'locked')
    }
  }

  it('waits for a short time while another process holds the lock, in a transaction and without', async () => {
    const insert = () => database.run('INSERT INTO counter (value) VALUES (2)')
    for (const write of [() => database.transaction(insert), insert]) {
      const child = startElsewhere(`${openingLines(folder.path)}
database.transaction(() => {
  database.run('INSERT INTO counter (value) VALUES (1)')
  process.stdout.write('locked')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
})
database.dispose()`)
      const ended = readOutput(child)
      await new Promise((resolve) => void child.stdout?.once('data', resolve))
      await whenWritten(write)
      assert.equal(await ended, 'locked')
    }
    assert.deepEqual(values(), [1, 2, 1, 2])
  })

  /** On a busy machine the other process may keep its lock for longer than it means to. */
  async function whenWritten(write: () => unknown): Promise<void> {
    try {
      write()
    } catch (error) {
      if (!database.isLocked) throw error
      await database.unlocked()
      write()
    }
  }

  it('fails at once while another program keeps the lock, reads on, and writes when it is free', async () => {
    const insert = () => database.run('INSERT INTO counter (value) VALUES (2)')
    const unlock = await lockElsewhere()
    let announced = 0
    database.onDidUnlock(() => void announced++)
    for (let turn = 0; turn < 20; turn++) {
      assert.throws(
        insert,
        (error: unknown) => isModelError(error) && error.message.includes('Another program keeps it locked.'),
      )
    }
    assert.deepEqual([database.isLocked, values()], [true, []])
    const free = database.unlocked()
    await unlock()
    await free
    assert.deepEqual([database.isLocked, announced], [false, 1])
    insert()
    assert.deepEqual(values(), [1, 2])
  })

  it('only reads from the moment at which a newer version has changed the schema', async () => {
    const newer = schemaVersion(migrations) + 1
    database.run('INSERT INTO counter (value) VALUES (1)')
    const other = await folder.open({
      migrations: [...migrations, { number: newer, name: 'next', sql: 'CREATE TABLE next (a)' }],
    })
    other.run('INSERT INTO counter (value) VALUES (2)')
    for (const write of [
      () => database.run('INSERT INTO counter (value) VALUES (3)'),
      () => database.transaction(() => database.run('INSERT INTO counter (value) VALUES (4)')),
    ]) {
      assert.throws(write, (error: unknown) => isModelError(error) && /reload the window/.test(error.message))
    }
    assert.equal(database.readOnly, true)
    assert.deepEqual(
      folder.notices.map(({ code }) => code),
      ['storage-newer'],
    )
    assert.deepEqual(values(), [1, 2])
  })

  it('can be closed twice', () => {
    database.dispose()
    database.dispose()
    assert.throws(() => database.get('SELECT 1'), isModelError)
  })
})
