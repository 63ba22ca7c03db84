import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { errorCodes } from '../../../../src/core/errors.js'
import { type AttemptRecord, costSources } from '../../../../src/core/usage/attemptRecord.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { rollupSpans } from '../../../../src/core/usage/rollups.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const always = { from: 0, to: 9e15 }
const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const counts = fc.integer({ min: 0, max: 10_000_000 })

const records: fc.Arbitrary<AttemptRecord> = fc.record(
  {
    at: fc.integer({ min: 1, max: 4e12 }),
    requestId: names,
    number: fc.integer({ min: 0, max: 9 }),
    caller: fc.record(
      {
        door: fc.constantFrom('languageModel', 'api', 'gateway', 'playground'),
        extension: names,
        terminal: names,
        workspace: names,
        branch: names,
        conversation: names,
      },
      { requiredKeys: ['door'], noNullPrototype: true },
    ),
    operation: fc.constantFrom('embeddings', 'reranking'),
    route: names,
    provider: names,
    model: fc.record({ connection: names, id: names }, { noNullPrototype: true }),
    tokens: fc.record(
      {
        uncachedInput: counts,
        cacheRead: counts,
        cacheWriteShort: counts,
        cacheWriteLong: counts,
        visibleOutput: counts,
        reasoningOutput: counts,
      },
      { noNullPrototype: true },
    ),
    accuracy: fc.constantFrom('exact', 'estimated'),
    cost: fc.record(
      {
        usd: fc.integer({ min: 0, max: 1e12 }).map((billionths) => billionths / 1e9),
        source: fc.constantFrom(...costSources),
      },
      { noNullPrototype: true },
    ),
    latencyMs: fc.integer({ min: 0, max: 1e6 }),
    firstPartMs: fc.integer({ min: 0, max: 1e6 }),
    outcome: fc.oneof(
      fc.constant({ kind: 'success' } as const),
      fc.record(
        { kind: fc.constantFrom('failure', 'cancelled'), code: fc.constantFrom(...errorCodes) },
        { noNullPrototype: true },
      ),
    ),
    isCacheHit: fc.boolean(),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      'at',
      'requestId',
      'number',
      'caller',
      'provider',
      'model',
      'tokens',
      'accuracy',
      'latencyMs',
      'outcome',
      'isCacheHit',
    ],
  },
)

describe('the ledger', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  it('reads back every column of whatever was written, in the order of time', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 20 }), (written) => {
        database.exec('DELETE FROM attempt; DELETE FROM usage_rollup')
        const ledger = createLedger({ database, log: createMemoryLog() })
        for (const record of written) assert.equal(ledger.append(record), true)
        const sorted = written.toSorted((a, b) => a.at - b.at)
        assert.deepEqual([...ledger.read(always)], sorted)
        ledger.dispose()
      }),
      { numRuns: 100 },
    )
  })

  it('reads a period, however many pages it has, without its end', () => {
    const ledger = createLedger({ database, log: createMemoryLog() })
    database.transaction(() => {
      for (let at = 1; at <= 2_500; at++) ledger.append(createAttemptRecord({ at: Math.ceil(at / 2) }))
    })
    assert.equal([...ledger.read(always)].length, 2_500)
    const some = [...ledger.read({ from: 10, to: 1_240 })]
    assert.deepEqual([some.length, some[0]?.at, some.at(-1)?.at], [2_460, 10, 1_239])
  })

  it('keeps sums that agree with its rows', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 20 }), (written) => {
        database.exec('DELETE FROM attempt; DELETE FROM usage_rollup')
        const ledger = createLedger({ database, log: createMemoryLog() })
        for (const record of written) ledger.append(record)
        const sums = (table: string, attempts: string, unpriced: string) => ({
          ...database.get(
            `SELECT ${attempts} AS attempts, ${unpriced} AS unpriced, coalesce(sum(cost), 0) AS cost,
             coalesce(sum(uncached_input), 0) AS input, coalesce(sum(reasoning_output), 0) AS reasoning FROM ${table}`,
          ),
        })
        const rows = sums('attempt', 'count(*)', 'count(*) - count(cost)')
        for (const span of rollupSpans) {
          const kept = `usage_rollup WHERE span = ${span}`
          assert.deepEqual(sums(kept, 'coalesce(sum(attempts), 0)', 'coalesce(sum(unpriced), 0)'), rows)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('announces what it was given, and stops when it is disposed', () => {
    const ledger = createLedger({ database, log: createMemoryLog() })
    const heard: string[] = []
    ledger.onDidAppend(({ requestId }) => void heard.push(requestId))
    ledger.append(createAttemptRecord({ requestId: 'a' }))
    ledger.dispose()
    ledger.append(createAttemptRecord({ requestId: 'b' }))
    assert.deepEqual(heard, ['a'])
  })

  it('fails no request because a listener fails', () => {
    const log = createMemoryLog()
    const ledger = createLedger({ database, log })
    ledger.onDidAppend(() => {
      throw new Error('not my day')
    })
    assert.equal(ledger.append(createAttemptRecord()), true)
    assert.equal(log.lines.length, 1)
  })

  it('keeps what a full disk refuses, says so once, and writes it when there is space again', () => {
    const log = createMemoryLog()
    const settled: string[] = []
    const settle = (group: readonly AttemptRecord[]) =>
      void settled.push(...group.map((one) => one.requestId))
    const ledger = createLedger({ database, log, settle })
    const pages = Number(database.get('PRAGMA page_count')?.['page_count'])
    database.exec(`PRAGMA max_page_count = ${pages}`)
    let lost = 0
    while (lost < 3 && settled.length < 1_000) {
      const record = createAttemptRecord({
        requestId: `r${settled.length + lost}`,
        caller: { door: 'api', branch: 'x'.repeat(500) },
      })
      if (!ledger.append(record)) lost++
    }
    const before = [...ledger.read(always)].length
    database.exec('PRAGMA max_page_count = 100000')
    assert.equal(ledger.append(createAttemptRecord({ requestId: 'last' })), true)
    assert.equal([...ledger.read(always)].length, before + lost + 1)
    assert.deepEqual(
      log.lines.map((line) => line.split(':')[0]),
      ['error Usage could not be recorded; it is kept until it can be', 'info Usage is recorded again'],
    )
  })

  it('does not let a record that can never be written keep others from being written', () => {
    const ledger = createLedger({ database, log: createMemoryLog() })
    assert.equal(ledger.append(createAttemptRecord({ at: Number.NaN })), false)
    assert.equal(ledger.append(createAttemptRecord({ requestId: 'good' })), true)
    assert.deepEqual(
      [...ledger.read(always)].map(({ requestId }) => requestId),
      ['good'],
    )
  })

  it('goes on where another window has purged what this one knew', () => {
    const ledger = createLedger({ database, log: createMemoryLog() })
    ledger.append(createAttemptRecord({ requestId: 'a' }))
    database.exec('DELETE FROM attempt; DELETE FROM usage_rollup; DELETE FROM usage_source')
    assert.equal(ledger.append(createAttemptRecord({ requestId: 'b' })), true)
    assert.deepEqual(
      [...ledger.read(always)].map(({ requestId }) => requestId),
      ['b'],
    )
  })

  it('writes nothing into the database of a newer version, and still announces', async () => {
    const newer = await folder.open({ migrations: [] })
    assert.equal(newer.readOnly, true)
    const ledger = createLedger({ database: newer, log: createMemoryLog() })
    const heard: number[] = []
    ledger.onDidAppend(({ number }) => void heard.push(number))
    assert.equal(ledger.append(createAttemptRecord()), false)
    assert.deepEqual(heard, [1])
  })

  it('holds no injected SQL, whatever a name says', () => {
    const ledger = createLedger({ database, log: createMemoryLog() })
    const hostile = "x'); DROP TABLE attempt; --"
    ledger.append(createAttemptRecord({ provider: hostile, caller: { door: 'api', branch: hostile } }))
    assert.deepEqual(
      [...ledger.read(always)].map(({ provider, caller }) => [provider, caller.branch]),
      [[hostile, hostile]],
    )
  })
})
