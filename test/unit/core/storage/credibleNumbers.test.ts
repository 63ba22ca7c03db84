import assert from 'node:assert/strict'
import type { Database } from '../../../../src/core/ports.js'
import { migrations } from '../../../../src/core/storage/migrations.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { createReport, type ReportDimension } from '../../../../src/core/usage/report.js'
import { rollupSpans } from '../../../../src/core/usage/rollups.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { answerWith, createBudget, createUsagePipeline } from '../../../fakes/usagePipeline.js'

const at = Date.UTC(2026, 10, 21, 12)
const always = { from: 0, to: 9e15 }
/** The last version that wrote whatever it was told. */
const older = migrations.slice(
  0,
  migrations.findIndex(({ name }) => name === 'numbers that can be'),
)

const columns = ['uncached_input', 'visible_output', 'cost', 'latency_ms'] as const

/** Attempts as the older version writes them: 0.5 USD for ten tokens and an answer of five, the n-th n hours later. */
function writeAttempts(database: Database, names: readonly string[]): void {
  database.exec(`INSERT INTO usage_source (id, provider, connection, model, route, door, extension, terminal, workspace, branch)
VALUES (1, 'scripted', 'work', 'small', '', 'languageModel', '', '', '', '')`)
  for (const [index, name] of names.entries()) {
    const time = at + index * 3_600_000
    database.run(
      `INSERT INTO attempt (at, source_id, request_id, number, uncached_input, cache_read, cache_write_short,
cache_write_long, visible_output, reasoning_output, accuracy, cost, cost_source, latency_ms, outcome, code, is_cache_hit)
VALUES (?, 1, ?, 1, 10, 0, 0, 0, 5, 0, 'exact', 500000000, 'catalog', 1, 'success', '', 0)`,
      time,
      name,
    )
    for (const span of rollupSpans)
      database.run(
        `INSERT INTO usage_rollup (span, slot, source_id, outcome, code, is_cache_hit, attempts, estimated, unpriced,
uncached_input, cache_read, cache_write, visible_output, reasoning_output, cost, latency_ms)
VALUES (?, ?, 1, 'success', '', 0, 1, 0, 0, 10, 0, 0, 5, 0, 500000000, 1) ON CONFLICT DO UPDATE SET
attempts = attempts + 1, uncached_input = uncached_input + 10, visible_output = visible_output + 5,
cost = cost + 500000000, latency_ms = latency_ms + 1`,
        span,
        Math.floor(time / span),
      )
  }
}

/** Writes a number into an attempt, and into the sums that it is in, as the older version has. */
function spoil(database: Database, id: string, column: (typeof columns)[number], sql: string): void {
  database.exec(`UPDATE attempt SET ${column} = ${sql} WHERE request_id = '${id}'`)
  database.exec(`UPDATE usage_rollup SET ${column} = ${sql}`)
}

describe('numbers that cannot be, on disk', () => {
  const folder = useDatabaseFolder()

  async function openSpoiled(column: (typeof columns)[number], sql: string): Promise<Database> {
    const old = await folder.open({ migrations: older })
    writeAttempts(old, ['good', 'bad'])
    old.run(`INSERT INTO budget_counter (unit, scope, scope_value, window, starts_at, ends_at, spent)
VALUES ('usd', 'all', '', 'month', ${Date.UTC(2026, 10)}, ${Date.UTC(2026, 11)}, 9223372036854775807)`)
    spoil(old, 'bad', column, sql)
    return await folder.open()
  }

  for (const [column, sql] of [
    ['uncached_input', '9007199254740992'],
    ['visible_output', '9223372036854775807'],
    ['visible_output', '1000000000001'],
    ['uncached_input', '-1'],
    ['cost', '9007199254740993'],
    ['cost', '-5'],
    ['cost', '900000000000'],
    ['latency_ms', '9e999'],
  ] as const)
    it(`are mended when the database is opened: ${column} of ${sql}`, async () => {
      const database = await openSpoiled(column, sql)
      const [good, bad] = [...createLedger({ database, log: folder.log }).read(always)]
      assert.deepEqual([good?.requestId, good?.tokens.uncachedInput, good?.cost?.usd], ['good', 10, 0.5])
      assert.deepEqual([bad?.accuracy, bad?.cost], ['estimated', undefined])
      const by: ReportDimension[] = ['model']
      const [row] = createReport(database, { period: always, by, timeZone: 'UTC' })
      assert.deepEqual([row?.attempts, row?.estimated, row?.unpriced, row?.usd], [2, 1, 1, 0.5])
      for (const span of rollupSpans) {
        const sums = database.get('SELECT sum(cost) AS cost FROM usage_rollup WHERE span = ?', span)
        assert.equal(sums?.['cost'], 500_000_000)
      }
      const budgets = [createBudget()]
      const window = createUsagePipeline({
        database,
        clock: createManualClock(at),
        budgets,
        answer: answerWith({ outputTokens: 1_000 }),
      })
      assert.equal(window.budgets.status()[0]?.spent, 0.5)
      await window.ask()
      assert.equal(window.budgets.status()[0]?.spent, 0.51)
    })

  it('leave everything else as it was', async () => {
    const old = await folder.open({ migrations: older })
    writeAttempts(
      old,
      Array.from({ length: 50 }, (_, index) => `${index}`),
    )
    const tables = ['attempt', 'usage_rollup', 'budget_counter']
    const known = tables.map((table) =>
      old.all(`SELECT name FROM pragma_table_info('${table}')`).map(({ name }) => String(name)),
    )
    const dump = (database: Database) =>
      tables.map((table, place) => database.all(`SELECT ${known[place]?.join(', ')} FROM ${table}`))
    const before = dump(old)
    assert.deepEqual(dump(await folder.open()), before)
  })

  it('written by an older window while this one is open take neither a page nor a report with them', async () => {
    const database = await folder.open()
    const ledger = createLedger({ database, log: folder.log })
    for (const requestId of ['good', 'bad'])
      ledger.append(createAttemptRecord({ at, requestId, cost: { usd: 1, source: 'user' } }))
    for (const column of columns) spoil(database, 'bad', column, '9223372036854775807')
    assert.deepEqual(
      [...ledger.read(always)].map(({ requestId }) => requestId),
      ['good', 'bad'],
    )
    const by: ReportDimension[] = ['outcome']
    for (const dimensions of [[], by])
      assert.equal(
        createReport(database, { period: always, by: dimensions, timeZone: 'UTC' })[0]?.attempts,
        2,
      )
    ledger.append(createAttemptRecord({ at, requestId: 'later', tokens: { uncachedInput: 1e12 } }))
    assert.equal([...ledger.read(always)].length, 3)
  })
})
