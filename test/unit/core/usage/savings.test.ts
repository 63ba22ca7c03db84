import assert from 'node:assert/strict'
import { dayMs, minuteMs } from '../../../../src/core/durations.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { purgeUsage } from '../../../../src/core/usage/retention.js'
import { createSavings } from '../../../../src/core/usage/savings.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'

describe('what the cache has saved', () => {
  const folder = useDatabaseFolder()

  const start = Date.UTC(2026, 0, 10, 15)

  let clock: ManualClock
  beforeEach(() => void (clock = createManualClock(start)))

  async function open() {
    const database = await folder.open()
    const savings = createSavings({ database, clock, log: folder.log })
    const ledger = createLedger({
      database,
      log: folder.log,
      settle: (group) => group.forEach((record) => savings.add(record)),
    })
    const hit = (daysAgo: number, saved: { readonly usd?: number; readonly ms: number }) =>
      ledger.append(createAttemptRecord({ at: start - daysAgo * dayMs, number: 0, isCacheHit: true, saved }))
    return { database, savings, ledger, hit }
  }

  it('is nothing before the first hit', async () => {
    const { savings, ledger } = await open()
    ledger.append(createAttemptRecord())
    assert.deepEqual(savings.total(), { hits: 0, misses: 0, unpriced: 0, usd: 0, ms: 0 })
  })

  it('is the sum of all windows, since the first day, unknown prices apart', async () => {
    const [one, other] = [await open(), await open()]
    one.hit(3, { usd: 0.1, ms: 1_500 })
    other.hit(0, { usd: 0.2, ms: 500 })
    other.hit(0, { ms: 250.5 })
    const expected = { since: Date.UTC(2026, 0, 7), hits: 3, misses: 0, unpriced: 1, usd: 0.3, ms: 2_250.5 }
    assert.deepEqual(one.savings.total(), expected)
    assert.deepEqual((await open()).savings.total(), expected)
  })

  it('leaves with the usage that is purged', async () => {
    const { database, savings, hit } = await open()
    hit(9, { usd: 1, ms: 1 })
    hit(1, { usd: 2, ms: 2 })
    await purgeUsage({
      database,
      clock: createManualClock(start),
      before: start - 5 * dayMs,
      signal: new AbortController().signal,
    })
    assert.deepEqual(savings.total(), {
      since: Date.UTC(2026, 0, 9),
      hits: 1,
      misses: 0,
      unpriced: 0,
      usd: 2,
      ms: 2,
    })
  })

  it('counts misses of this window at once, and those of others within a minute, in one statement', async () => {
    const [one, other] = [await open(), await open()]
    const written = () => Number(one.database.get('SELECT total_changes() AS n')?.['n'])
    const before = written()
    for (let index = 0; index < 50; index++) one.savings.countMiss()
    assert.deepEqual([one.savings.total().misses, one.savings.total().since], [50, Date.UTC(2026, 0, 10)])
    assert.deepEqual([other.savings.total().misses, written()], [0, before])
    await clock.advance(minuteMs)
    assert.deepEqual([other.savings.total().misses, one.savings.total().misses], [50, 50])
    assert.equal(written(), before + 1)
    one.hit(0, { ms: 1 })
    one.savings.countMiss()
    await clock.advance(minuteMs)
    const { hits, misses } = other.savings.total()
    assert.deepEqual([hits, misses, clock.sleeping()], [1, 51, 0])
  })

  it('counts the misses of a window that closes, which then has nothing to wait for', async () => {
    const [one, other] = [await open(), await open()]
    one.savings.countMiss()
    one.savings.dispose()
    assert.deepEqual([other.savings.total().misses, clock.sleeping()], [1, 0])
  })

  it('counts misses later where the database fails, and says so', async () => {
    const { database, savings } = await open()
    database.exec("CREATE TRIGGER full BEFORE INSERT ON cache_saving BEGIN SELECT RAISE(ABORT, 'full'); END")
    savings.countMiss()
    await clock.advance(minuteMs)
    assert.match(folder.log.lines.join('\n'), /not in the cache are counted later/)
    database.exec('DROP TRIGGER full')
    savings.countMiss()
    await clock.advance(minuteMs)
    assert.equal(database.get('SELECT misses FROM cache_saving')?.['misses'], 2)
  })
})
