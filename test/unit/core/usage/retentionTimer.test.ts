import assert from 'node:assert/strict'
import { dayMs, minuteMs } from '../../../../src/core/durations.js'
import { createRetentionTimer } from '../../../../src/core/usage/retentionTimer.js'
import { createTextStore } from '../../../../src/core/usage/texts/textStore.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { answerWith, createUsagePipeline } from '../../../fakes/usagePipeline.js'

const today = Date.UTC(2026, 10, 21, 12)

describe('createRetentionTimer', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  const clock = () => createManualClock(today)

  function open(time = clock(), use = { inUse: true, days: 10 }) {
    const log = createMemoryLog()
    const retention = createRetentionTimer({
      database,
      retentionDays: () => use.days,
      textDays: () => 3,
      inUse: () => use.inUse,
      clock: time,
      log,
    })
    const { ledger } = createUsagePipeline({ database, clock: time, answer: answerWith({}) })
    const add = (daysAgo: number) => ledger.append(createAttemptRecord({ at: time.now() - daysAgo * dayMs }))
    const count = () => [...ledger.read({ from: 0, to: 9e15 })].length
    const texts = createTextStore(database)
    const keep = (daysAgo: number) =>
      texts.write({
        requestId: `${daysAgo}`,
        number: 1,
        at: time.now() - daysAgo * dayMs,
        prompt: 'Why?',
        answer: 'So.',
        isCut: false,
      })
    return { retention, add, count, keep, texts, log, time, use }
  }

  it('deletes what is too old a minute after the start, and says how much', async () => {
    const { retention, add, count, time, log } = open()
    for (const daysAgo of [0, 5, 12, 40]) add(daysAgo)
    retention.start()
    await time.advance(minuteMs - 1)
    assert.equal(count(), 4)
    await time.advance(1)
    assert.equal(count(), 2)
    assert.match(JSON.stringify(log), /2 attempts older than 10 days/)
    retention.dispose()
    assert.equal(time.sleeping(), 0)
  })

  it('deletes prompts and answers by days of their own', async () => {
    const { retention, keep, texts, time, log } = open()
    for (const daysAgo of [0, 2, 5]) keep(daysAgo)
    retention.start()
    await time.advance(minuteMs)
    assert.equal(texts.count(), 2)
    assert.match(JSON.stringify(log), /1 prompts and answers older than 3 days/)
    retention.dispose()
  })

  it('is done by one window a day, by the days that the user wants then', async () => {
    const time = clock()
    const [first, second] = [open(time), open(time)]
    first.retention.start()
    second.retention.start()
    await time.advance(minuteMs)
    first.add(12)
    await time.advance(dayMs - 30 * minuteMs)
    assert.equal(first.count(), 1, 'it was deleted within a day')
    first.use.days = 400
    second.use.days = 400
    await time.advance(60 * minuteMs)
    assert.equal(first.count(), 1, 'it was deleted though the user keeps 400 days')
    first.use.days = 10
    second.use.days = 10
    await time.advance(dayMs)
    assert.equal(first.count(), 0)
    first.retention.dispose()
    second.retention.dispose()
  })

  it('waits until VS Code is in use again, and outlives a clock that is put back', async () => {
    const { retention, add, count, time, use } = open()
    retention.start()
    await time.advance(minuteMs)
    add(12)
    use.inUse = false
    await time.advance(2 * dayMs)
    assert.equal(count(), 1)
    time.jump(-10 * dayMs)
    add(12)
    use.inUse = true
    await time.advance(30 * minuteMs)
    assert.equal(count(), 1)
    retention.dispose()
  })
})
