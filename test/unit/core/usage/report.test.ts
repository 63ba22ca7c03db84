import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { operations } from '../../../../src/core/chat.js'
import { createLedger, type Ledger } from '../../../../src/core/usage/ledger.js'
import { createReport, type ReportDimension, reportDimensions } from '../../../../src/core/usage/report.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const november = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 11, 1) }

describe('the report', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let ledger: Ledger
  beforeEach(() => {
    ledger = createLedger({ database, log: createMemoryLog() })
  })

  const report = (...by: readonly ReportDimension[]) =>
    createReport(database, { period: november, by, timeZone: 'Europe/Berlin' })

  it('adds up tokens, money, outcomes and times, and counts what came out of the cache apart', () => {
    const at = Date.UTC(2026, 10, 21)
    const cost = { usd: 0.25, source: 'catalog' } as const
    ledger.append(
      createAttemptRecord({ at, cost, tokens: { uncachedInput: 10, cacheRead: 5, visibleOutput: 3 } }),
    )
    ledger.append(
      createAttemptRecord({
        at,
        cost: { ...cost, source: 'billed' },
        latencyMs: 3_000,
        accuracy: 'estimated',
        tokens: { cacheWriteShort: 1, cacheWriteLong: 2, reasoningOutput: 4 },
      }),
    )
    ledger.append(createAttemptRecord({ at, outcome: { kind: 'failure', code: 'timeout' } }))
    ledger.append(createAttemptRecord({ at, outcome: { kind: 'cancelled', code: 'cancelled' } }))
    ledger.append(
      createAttemptRecord({
        at,
        cost: { usd: 0, source: 'user' },
        isCacheHit: true,
        tokens: { visibleOutput: 9 },
      }),
    )
    ledger.append(createAttemptRecord({ at: november.to, cost }))
    assert.deepEqual(report(), [
      {
        key: {},
        attempts: 4,
        failures: 1,
        cancelled: 1,
        cacheHits: 1,
        estimated: 1,
        unpriced: 2,
        uncachedInput: 10,
        cacheRead: 5,
        cacheWrite: 3,
        visibleOutput: 3,
        reasoningOutput: 4,
        usd: 0.5,
        billed: 1,
        otherTier: 0,
        latencyMs: 1_500,
      },
    ])
  })

  it('has a row for each value of what it is by, the dearest first', () => {
    for (const [usd, branch] of [
      [1, 'main'],
      [2, 'fix'],
      [3, 'main'],
      [1, undefined],
    ] as const) {
      const caller = {
        door: 'gateway',
        terminal: 'zsh',
        ...(branch === undefined ? {} : { branch }),
      } as const
      ledger.append(createAttemptRecord({ at: november.from, caller, cost: { usd, source: 'user' } }))
    }
    assert.deepEqual(
      report('branch', 'caller').map(({ key, usd }) => [key, usd]),
      [
        [{ branch: 'main', caller: 'zsh' }, 4],
        [{ branch: 'fix', caller: 'zsh' }, 2],
        [{ branch: '', caller: 'zsh' }, 1],
      ],
    )
  })

  it('tells chats, embeddings and rankings apart, of the same model and caller too', () => {
    for (const [operation, input] of [
      [undefined, 5],
      ['embeddings', 40],
      ['reranking', 3],
      ['embeddings', 2],
    ] as const) {
      const asked = operation === undefined ? {} : { operation }
      ledger.append(createAttemptRecord({ at: november.from, ...asked, tokens: { uncachedInput: input } }))
    }
    const sums = (...by: readonly ReportDimension[]) =>
      report(...by).map(({ key, attempts, uncachedInput }) => [
        ...Object.values(key),
        attempts,
        uncachedInput,
      ])
    assert.deepEqual(sums('operation'), [
      ['embeddings', 2, 42],
      ['chat', 1, 5],
      ['reranking', 1, 3],
    ])
    assert.deepEqual(sums('day', 'operation', 'outcome'), [
      ['2026-11-01', 'embeddings', 'success', 2, 42],
      ['2026-11-01', 'chat', 'success', 1, 5],
      ['2026-11-01', 'reranking', 'success', 1, 3],
    ])
    assert.deepEqual(sums('model'), [['work/small', 4, 50]])
  })

  it('adds up by the model that the server says it has served, else by the one that was asked for', () => {
    for (const [id, served] of [
      ['latest', 'm-2026-01'],
      ['latest', 'm-2026-09'],
      ['latest', undefined],
      ['other', 'm-2026-09'],
      ['latest', 'm-2026-09'],
    ] as const) {
      const model = { connection: 'work', id }
      const told = served === undefined ? {} : { served: { model: served } }
      ledger.append(createAttemptRecord({ at: november.from, model, ...told }))
    }
    const counts = (...by: readonly ReportDimension[]) =>
      report(...by).map(({ key, attempts }) => [...Object.values(key), attempts])
    assert.deepEqual(counts('servedModel'), [
      ['m-2026-09', 3],
      ['m-2026-01', 1],
      ['latest', 1],
    ])
    assert.deepEqual(counts('model', 'servedModel').slice(0, 1), [['work/latest', 'm-2026-09', 2]])
    assert.deepEqual(counts('model'), [
      ['work/latest', 4],
      ['work/other', 1],
    ])
    assert.deepEqual(
      [...ledger.read(november)].map(({ served }) => served?.model),
      ['m-2026-01', 'm-2026-09', undefined, 'm-2026-09', 'm-2026-09'],
    )
  })

  it('cuts days as clocks of the zone see them', () => {
    for (const instant of ['2026-11-20T22:59:00Z', '2026-11-20T23:01:00Z', '2026-11-21T22:59:00Z']) {
      ledger.append(createAttemptRecord({ at: Date.parse(instant) }))
    }
    assert.deepEqual(
      report('day').map(({ key, attempts }) => [key.day, attempts]),
      [
        ['2026-11-20', 1],
        ['2026-11-21', 2],
      ],
    )
  })

  it('says the same as the attempts themselves, by whatever it is and in every zone', () => {
    const attempts = fc.array(
      fc.record({
        at: fc.integer({ min: november.from, max: november.to - 1 }),
        model: fc.constantFrom('a', 'b'),
        usd: fc.integer({ min: 0, max: 1e9 }).map((billionths) => billionths / 1e9),
        operation: fc.constantFrom(...operations),
        fails: fc.boolean(),
      }),
      { maxLength: 30 },
    )
    const dimensions = fc.subarray([...reportDimensions])
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu')
    fc.assert(
      fc.property(attempts, dimensions, zones, (written, by, timeZone) => {
        database.exec('DELETE FROM attempt; DELETE FROM usage_rollup')
        for (const { at, model, usd, operation, fails } of written) {
          ledger.append(
            createAttemptRecord({
              at,
              model: { connection: 'work', id: model },
              cost: { usd, source: 'user' },
              operation,
              ...(fails ? { outcome: { kind: 'failure', code: 'timeout' } as const } : {}),
            }),
          )
        }
        const rows = createReport(database, { period: november, by, timeZone })
        const sum = (values: readonly number[]) =>
          values.reduce((total, value) => total + Math.round(value * 1e9), 0)
        assert.equal(sum(rows.map(({ usd }) => usd)), sum(written.map(({ usd }) => usd)))
        assert.equal(
          rows.reduce((total, { attempts: n }) => total + n, 0),
          written.length,
        )
        for (const { key } of rows) assert.deepEqual(Object.keys(key), [...by])
        assert.equal(new Set(rows.map(({ key }) => JSON.stringify(key))).size, rows.length)
      }),
      { numRuns: 60 },
    )
  })
})
