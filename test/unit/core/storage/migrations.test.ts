import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Operation } from '../../../../src/core/chat.js'
import type { Database } from '../../../../src/core/ports.js'
import { schemaVersion } from '../../../../src/core/storage/migration.js'
import { migrations } from '../../../../src/core/storage/migrations.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { createReport } from '../../../../src/core/usage/report.js'
import { rollupSpans } from '../../../../src/core/usage/rollups.js'
import { createAttemptSpool } from '../../../../src/platform/attemptSpool.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createDatabaseFolder } from '../../../fakes/databases.js'
import { until } from '../../../fakes/extension.js'
import { openWorkElsewhere, type WorkElsewhere } from '../../../fakes/workElsewhere.js'

const always = { from: 0, to: 9e15 }

describe('the steps of the schema', () => {
  it('are numbered from 1 without gaps, and the last one is the version', () => {
    assert.deepEqual(
      migrations.map(({ number }) => number),
      migrations.map((_, index) => index + 1),
    )
    assert.equal(schemaVersion(migrations), migrations.length)
    assert.equal(schemaVersion([]), 0)
  })

  it('make an older window that is open read-only, and take in what it puts aside later', async () => {
    const next = {
      number: migrations.length + 1,
      name: 'next',
      sql: 'CREATE TABLE next_step (id INTEGER) STRICT',
    }
    const newer = [...migrations, next]
    const folder = createDatabaseFolder()
    try {
      const { log } = folder
      const clock = { now: () => Date.now(), sleep: async () => undefined }
      const spoolOf = (id: string) => createAttemptSpool({ folder: dirname(folder.path), id, clock })
      const old = createLedger({
        database: await folder.open(),
        log,
        spool: spoolOf('old'),
      })
      assert.ok(old.append(createAttemptRecord({ requestId: 'before' })))
      const database = await folder.open({ migrations: newer })
      const young = createLedger({ database, log })
      assert.equal(old.append(createAttemptRecord({ requestId: 'old' })), false)
      assert.ok(young.append(createAttemptRecord({ requestId: 'young' })))
      assert.equal(old.append(createAttemptRecord({ requestId: 'later' })), false)
      const requests = () => [...young.read(always)].map(({ requestId }) => requestId)
      assert.deepEqual(requests(), ['before', 'young'])
      await spoolOf('young').handOver(
        (name, taken) => young.takeIn(name, taken),
        new AbortController().signal,
      )
      assert.deepEqual(requests().toSorted(), ['before', 'later', 'old', 'young'])
      assert.equal(database.get('PRAGMA integrity_check')?.['integrity_check'], 'ok')
      const late = await folder.open()
      assert.equal(late.readOnly, true)
      assert.deepEqual(
        folder.notices.map(({ code }) => code),
        ['storage-newer', 'storage-newer'],
      )
    } finally {
      folder.remove()
    }
  })

  it('tell operations apart in sums that were made before sums did, and add to them afterwards', async () => {
    const folder = createDatabaseFolder()
    try {
      const old = await folder.open({ migrations: migrations.slice(0, 12) })
      writeAsVersion12(old, ['chat', 'embeddings', 'embeddings', 'reranking', 'chat'])
      const database = await folder.open()
      const report = () =>
        createReport(database, { period: always, by: ['operation'], timeZone: 'UTC' }).map(
          ({ key, attempts, usd, uncachedInput }) => [key.operation, attempts, usd, uncachedInput],
        )
      assert.deepEqual(report(), [
        ['chat', 2, 4, 60],
        ['embeddings', 2, 3, 50],
        ['reranking', 1, 3, 40],
      ])
      createLedger({ database, log: folder.log }).append(
        createAttemptRecord({ operation: 'embeddings', tokens: { uncachedInput: 7 } }),
      )
      assert.deepEqual(report(), [
        ['chat', 2, 4, 60],
        ['embeddings', 3, 3, 57],
        ['reranking', 1, 3, 40],
      ])
      assert.deepEqual(database.all('PRAGMA foreign_key_check'), [])
      assert.equal(database.get('PRAGMA foreign_keys')?.['foreign_keys'], 1)
    } finally {
      folder.remove()
    }
  })

  it('tell served models apart in sums that were made before sums did, and add to them afterwards', async () => {
    const folder = createDatabaseFolder()
    try {
      const old = await folder.open({ migrations: migrations.slice(0, 12) })
      writeAsVersion12(old, ['chat', 'chat', 'embeddings', 'chat'])
      const next = await folder.open({ migrations: migrations.slice(0, 20) })
      next.run(
        `UPDATE attempt SET served_model = 'small-2026', cost_source = 'billed' WHERE uncached_input > 10`,
      )
      const database = await folder.open()
      const report = () =>
        createReport(database, { period: always, by: ['operation', 'servedModel'], timeZone: 'UTC' }).map(
          ({ key, attempts, usd, uncachedInput, billed }) => [
            key.operation,
            key.servedModel,
            attempts,
            usd,
            uncachedInput,
            billed,
          ],
        )
      assert.deepEqual(report(), [
        ['chat', 'small-2026', 2, 4, 60, 2],
        ['embeddings', 'small-2026', 1, 2, 30, 1],
        ['chat', 'small', 1, 0, 10, 0],
      ])
      createLedger({ database, log: folder.log }).append(
        createAttemptRecord({ served: { model: 'small-2026' }, tokens: { uncachedInput: 7 } }),
      )
      assert.deepEqual(report()[0], ['chat', 'small-2026', 3, 4, 67, 2])
      assert.deepEqual(database.all('PRAGMA foreign_key_check'), [])
    } finally {
      folder.remove()
    }
  })
})

/** Attempts as a window of version 12 writes them: the n-th reads 10 · n tokens and costs n - 1 USD. */
function writeAsVersion12(database: Database, written: readonly Operation[]): void {
  database.run(`INSERT INTO usage_source (provider, connection, model, route, door, extension, terminal, workspace, branch)
VALUES ('scripted', 'work', 'small', '', 'languageModel', '', '', '', '') ON CONFLICT DO NOTHING`)
  const id = Number(database.get(`SELECT id FROM usage_source WHERE connection = 'work'`)?.['id'])
  for (const [index, operation] of written.entries()) {
    const at = Date.UTC(2026, 10, 21, index)
    const [input, cost] = [10 * (index + 1), index * 1_000_000_000]
    database.run(
      `INSERT INTO attempt (at, source_id, request_id, number, uncached_input, cache_read, cache_write_short,
cache_write_long, visible_output, reasoning_output, accuracy, cost, latency_ms, outcome, code, is_cache_hit, operation)
VALUES (?, ?, 'r', 1, ?, 0, 0, 0, 0, 0, 'exact', ?, 1, 'success', '', 0, ?)`,
      at,
      id,
      input,
      cost,
      operation,
    )
    for (const span of rollupSpans)
      database.run(
        `INSERT INTO usage_rollup (span, slot, source_id, outcome, code, is_cache_hit, attempts, estimated, unpriced,
uncached_input, cache_read, cache_write, visible_output, reasoning_output, cost, latency_ms)
VALUES (?, ?, ?, 'success', '', 0, 1, 0, 0, ?, 0, 0, 0, 0, ?, 1) ON CONFLICT DO UPDATE SET attempts = attempts + 1,
uncached_input = uncached_input + excluded.uncached_input, cost = cost + excluded.cost, latency_ms = latency_ms + 1`,
        span,
        Math.floor(at / span),
        id,
        input,
        cost,
      )
  }
}

const hard = { id: 'month', name: 'Month', limit: 100, kind: 'hard' }

describe('windows of two versions, each in a process of its own', () => {
  let folder: string
  const opened: WorkElsewhere[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roundhouse-versions-'))
  })
  afterEach(async () => {
    for (const window of opened.splice(0)) window.kill()
    await rm(folder, { recursive: true, force: true })
  })

  const open = (isNext: boolean): WorkElsewhere => {
    const window = openWorkElsewhere({ folder, isNext })
    opened.push(window)
    return window
  }

  /** One row of the database that the windows share. */
  function look(sql: string) {
    const database = new DatabaseSync(join(folder, 'roundhouse.db'), { readOnly: true })
    try {
      return { ...database.prepare(sql).get() }
    } finally {
      database.close()
    }
  }

  const attempts = () => Number(look('SELECT count(*) AS n FROM attempt')['n'])
  const spooled = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('roundhouse-attempts-'))

  async function untilWritten(count: number, ...windows: readonly WorkElsewhere[]): Promise<void> {
    await until(`${count} attempts are in the ledger`, async () => {
      await Promise.all(windows.map((window) => window.skip(2_000)))
      return attempts() === count
    })
  }

  it('keep the older one open for reading with a notice, and take in its later attempts exactly once', async () => {
    const old = open(false)
    assert.equal(await old.ask('Hi'), 'Hello')
    await untilWritten(1, old)
    const newer = open(true)
    assert.equal(await newer.ask('Hi'), 'Hello')
    await untilWritten(2, newer)

    for (let turn = 0; turn < 3; turn++) assert.equal(await old.ask('Hi'), 'Hello')
    await until('the attempts of the older window are put aside', async () => {
      await old.skip(100)
      return (await spooled()).length > 0
    })
    const isNotice = (message: string) => /made by a newer Roundhouse.*reload the window/.test(message)
    assert.equal((await old.told()).filter(isNotice).length, 1)
    assert.equal((await newer.told()).filter(isNotice).length, 0)

    await old.write('roundhouse.budgets', [hard])
    const before = await old.chats()
    assert.match(await old.ask('Hi'), /newer Roundhouse.*reload the window/)
    assert.equal(await old.chats(), before)
    await old.close()

    const third = open(true)
    assert.equal(await third.ask('Hi'), 'Hello')
    await untilWritten(6, newer, third)
    assert.deepEqual(await spooled(), [])
    await newer.close()
    await third.close()
    assert.deepEqual(look('SELECT count(*) AS n, count(DISTINCT request_id) AS requests FROM attempt'), {
      n: 6,
      requests: 6,
    })
    assert.deepEqual(
      look('SELECT sum(attempts) AS n FROM usage_rollup WHERE span = (SELECT max(span) FROM usage_rollup)'),
      {
        n: 6,
      },
    )
    assert.equal(look('PRAGMA integrity_check')['integrity_check'], 'ok')
  })
})
