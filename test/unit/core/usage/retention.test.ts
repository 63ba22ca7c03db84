import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { dayMs } from '../../../../src/core/durations.js'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { createReport } from '../../../../src/core/usage/report.js'
import { purgeUsage } from '../../../../src/core/usage/retention.js'
import { createClock } from '../../../../src/platform/clock.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { answerWith, createBudget, createUsagePipeline } from '../../../fakes/usagePipeline.js'

const today = Date.UTC(2026, 10, 21, 12)

describe('the retention of usage', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  const purge = (before: number, signal = new AbortController().signal) =>
    purgeUsage({ database, clock: createClock(), before, signal })
  const open = () => {
    const pipeline = createUsagePipeline({
      database,
      clock: createManualClock(today),
      budgets: [createBudget({ limit: 100 })],
      answer: answerWith({ outputTokens: 1_000 }),
    })
    const add = (...records: readonly AttemptRecord[]) => {
      for (const record of records) pipeline.ledger.append(record)
      pipeline.ledger.flush()
    }
    return { ...pipeline, add }
  }

  it('deletes whole days, their sums and the names that nothing needs any more', async () => {
    const { ledger, add } = open()
    for (let day = 0; day < 10; day++) {
      const caller = { door: 'api', branch: day < 4 ? 'old' : 'new' } as const
      add(createAttemptRecord({ at: today - (10 - day) * dayMs, caller }))
    }
    assert.equal(await purge(today - 6 * dayMs), 4)
    const period = { from: 0, to: today }
    const rows = createReport(database, { period, by: ['branch'], timeZone: 'UTC' })
    assert.deepEqual(
      rows.map(({ key, attempts }) => [key.branch, attempts]),
      [['new', 6]],
    )
    assert.equal([...ledger.read(period)].length, 6)
    assert.deepEqual(
      database.all('SELECT branch FROM usage_source').map(({ branch }) => branch),
      ['new'],
    )
    add(createAttemptRecord({ at: today, caller: { door: 'api', branch: 'old' } }))
    assert.equal([...ledger.read({ from: 0, to: 9e15 })].length, 7)
  })

  it('leaves what budgets count now, though every attempt is deleted', async () => {
    const window = open()
    await window.ask()
    assert.equal(await purge(today + dayMs), 1)
    assert.equal(window.budgets.status()[0]?.spent, 0.01)
    assert.equal([...window.ledger.read({ from: 0, to: 9e15 })].length, 0)
  })

  it('works in batches between which others write, and can be stopped', async () => {
    const { add } = open()
    const old = createAttemptRecord({ at: today - 30 * dayMs })
    add(...Array.from({ length: 12_000 }, () => old))
    const stop = new AbortController()
    const purging = purge(today, stop.signal)
    add(createAttemptRecord({ at: today }))
    stop.abort(new Error('enough'))
    await assert.rejects(purging, /enough/)
    assert.equal(database.get('SELECT count(*) AS n FROM attempt')?.['n'], 7_001)
    assert.equal(await purge(today), 7_000)
    assert.equal(database.get('SELECT sum(attempts) AS n FROM usage_rollup')?.['n'], 4)
  })

  it('leaves sums that say what the attempts that are left say, wherever it cuts', () => {
    const seed = 20_261_121
    const { ledger, add } = open()
    const daysAgo = fc.double({ min: 0, max: 40, noNaN: true })
    return fc.assert(
      fc.asyncProperty(fc.array(daysAgo, { minLength: 1, maxLength: 20 }), daysAgo, async (ages, cut) => {
        for (const age of ages) add(createAttemptRecord({ at: Math.trunc(today - age * dayMs) }))
        const before = Math.floor((today - cut * dayMs) / dayMs) * dayMs
        await purge(today - cut * dayMs)
        const left = [...ledger.read({ from: 0, to: 9e15 })]
        assert.ok(
          left.every(({ at }) => at >= before),
          `an attempt is too old (seed ${seed})`,
        )
        const kept = ages.filter((age) => Math.trunc(today - age * dayMs) >= before).length
        assert.ok(left.length >= kept, `an attempt is gone too early (seed ${seed})`)
        const rows = createReport(database, { period: { from: 0, to: 9e14 }, by: [], timeZone: 'UTC' })
        const counted = rows.reduce((sum, { attempts }) => sum + attempts, 0)
        assert.equal(counted, left.length, `the sums differ (seed ${seed})`)
      }),
      { seed, numRuns: 40 },
    )
  })
})
