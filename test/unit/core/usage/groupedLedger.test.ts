import assert from 'node:assert/strict'
import type { Database } from '../../../../src/core/ports.js'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { groupLedger } from '../../../../src/core/usage/groupedLedger.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { createRateLimiter } from '../../../../src/core/usage/rateLimiter.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createDatabaseFolder, type DatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import {
  answerWith,
  createBudget,
  createPricedModel,
  createRequest,
  createUsage,
  createUsagePipeline,
} from '../../../fakes/usagePipeline.js'

const always = { from: 0, to: 9e15 }

describe('the ledger in groups', () => {
  let folder: DatabaseFolder
  let database: Database
  let clock: ManualClock
  beforeEach(async () => {
    folder = createDatabaseFolder()
    database = await folder.open()
    clock = createManualClock()
  })
  afterEach(() => folder.remove())

  const rows = () => Number(database.get('SELECT count(*) AS n FROM attempt')?.['n'])

  function open() {
    const groups: number[] = []
    const expected: string[] = []
    const ledger = createLedger({
      database,
      log: createMemoryLog(),
      settle: (records) => void groups.push(records.length),
    })
    const expect = ({ requestId }: AttemptRecord) => void expected.push(requestId)
    return { grouped: groupLedger({ ledger, expect, clock }), groups, expected }
  }

  it('writes what has ended within ten milliseconds in one transaction', async () => {
    const { grouped, groups, expected } = open()
    for (const requestId of ['a', 'b']) grouped.append(createAttemptRecord({ requestId }))
    assert.deepEqual([rows(), expected], [0, ['a', 'b']])
    await clock.advance(9)
    grouped.append(createAttemptRecord({ requestId: 'c' }))
    assert.equal(rows(), 0)
    await clock.advance(1)
    assert.deepEqual([rows(), groups], [3, [3]])
    grouped.append(createAttemptRecord({ requestId: 'd' }))
    await clock.advance(10)
    assert.deepEqual([rows(), groups, clock.sleeping()], [4, [3, 1], 0])
  })

  it('writes before it is read, and on closing', async () => {
    const { grouped } = open()
    const heard: string[] = []
    grouped.onDidAppend(({ requestId }) => void heard.push(requestId))
    grouped.append(createAttemptRecord({ requestId: 'a' }))
    assert.deepEqual(
      [...grouped.read(always)].map(({ requestId }) => requestId),
      ['a'],
    )
    grouped.append(createAttemptRecord({ requestId: 'b' }))
    grouped.dispose()
    assert.deepEqual([rows(), heard, clock.sleeping()], [2, ['a', 'b'], 0])
  })

  it('lets no group become long', () => {
    const { grouped, groups } = open()
    for (let at = 0; at < 500; at++) grouped.append(createAttemptRecord({ requestId: `${at}` }))
    assert.deepEqual([rows(), groups], [400, [200, 200]])
  })

  it('says whether there was anything to write', () => {
    const { grouped } = open()
    assert.equal(grouped.flush(), false)
    grouped.append(createAttemptRecord())
    assert.deepEqual([grouped.flush(), grouped.flush()], [true, false])
  })
})

describe('what has ended and is not settled yet', () => {
  let folder: DatabaseFolder
  beforeEach(() => void (folder = createDatabaseFolder()))
  afterEach(() => folder.remove())

  it('keeps no request from a budget that has room for it', async () => {
    const { budgets, chat } = createUsagePipeline({
      database: await folder.open(),
      clock: createManualClock(),
      // Room for the most that one request may use, and for what many really use.
      budgets: [createBudget({ limit: 0.012 })],
      answer: answerWith({ outputTokens: 10 }),
    })
    for (let turn = 0; turn < 3; turn++)
      for await (const part of chat(createRequest(), new AbortController().signal)) assert.ok(part)
    const [status] = budgets.status()
    assert.deepEqual([status?.spent, status?.reserved], [0.0003, 0])
  })

  it('makes no request wait for a limit that has room for it', async () => {
    const clock = createManualClock()
    const waiting: AttemptRecord[] = []
    const settle = () => {
      limiter.settle(waiting.splice(0))
      return true
    }
    const limiter = createRateLimiter({
      database: await folder.open(),
      limitsOf: () => ({ tokensPerMinute: 1_500 }),
      estimate: () => ({ inputTokens: 0, outputTokens: 1_000, usualOutputTokens: 1_000 }),
      findModel: () => createPricedModel(),
      clock,
      log: createMemoryLog(),
      catchUp: () => waiting.length > 0 && settle(),
    })
    for (let turn = 0; turn < 3; turn++) {
      const attempt = { requestId: `${turn}`, number: 1 }
      const watch = await limiter.admit(createRequest({ attempt }), new AbortController().signal)
      watch?.see?.({ type: 'usage', usage: createUsage({ outputTokens: 10 }) })
      const record = createAttemptRecord(attempt)
      limiter.expect(record)
      waiting.push(record)
      watch?.end?.()
    }
    assert.equal(clock.monotonic(), 0)
    assert.equal(waiting.length, 1)
  })
})
