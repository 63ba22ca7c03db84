import assert from 'node:assert/strict'
import { dayMs } from '../../../../src/core/durations.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { purgeUsage } from '../../../../src/core/usage/retention.js'
import { createSavings } from '../../../../src/core/usage/savings.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createDatabaseFolder, type DatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'

describe('what the cache has saved', () => {
  let folder: DatabaseFolder
  beforeEach(() => void (folder = createDatabaseFolder()))
  afterEach(() => folder.remove())

  const start = Date.UTC(2026, 0, 10, 15)

  async function open() {
    const database = await folder.open()
    const savings = createSavings(database)
    const ledger = createLedger({ database, log: folder.log, settle: (record) => savings.add(record) })
    const hit = (daysAgo: number, saved: { readonly usd?: number; readonly ms: number }) =>
      ledger.append(createAttemptRecord({ at: start - daysAgo * dayMs, number: 0, isCacheHit: true, saved }))
    return { database, savings, ledger, hit }
  }

  it('is nothing before the first hit', async () => {
    const { savings, ledger } = await open()
    ledger.append(createAttemptRecord())
    assert.deepEqual(savings.total(), { hits: 0, unpriced: 0, usd: 0, ms: 0 })
  })

  it('is the sum of all windows, since the first day, unknown prices apart', async () => {
    const [one, other] = [await open(), await open()]
    one.hit(3, { usd: 0.1, ms: 1_500 })
    other.hit(0, { usd: 0.2, ms: 500 })
    other.hit(0, { ms: 250.5 })
    const expected = { since: Date.UTC(2026, 0, 7), hits: 3, unpriced: 1, usd: 0.3, ms: 2_250.5 }
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
    assert.deepEqual(savings.total(), { since: Date.UTC(2026, 0, 9), hits: 1, unpriced: 0, usd: 2, ms: 2 })
  })
})
