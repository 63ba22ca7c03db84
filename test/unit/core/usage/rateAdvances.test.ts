import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Database } from '../../../../src/core/ports.js'
import { createRateUse, type RateLimitSettings } from '../../../../src/core/usage/rateUse.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'

const start = Date.UTC(2026, 10, 21, 12)

describe('requests that are counted ahead', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  /** As the gate takes a request: out of what was counted ahead, else in a transaction. True if one was needed. */
  function open(settings: RateLimitSettings, counts: Database = database) {
    const use = createRateUse(counts)
    const ask = (now: number, tokens = 10): 'ahead' | 'counted' | 'refused' => {
      const amount = { connection: 'work', tokens }
      if (use.advances.has(amount, now)) {
        use.advances.use(amount, now)
        return 'ahead'
      }
      const refusal = counts.transaction(() => use.take(amount, settings, now))
      use.advances.end(true)
      return refusal === undefined ? 'counted' : 'refused'
    }
    return { use, ask }
  }
  const counted = (): unknown =>
    Object.values(database.get('SELECT sum(requests), sum(tokens) FROM rate_use') ?? {})

  it('need no transaction within their second, and go back with the next one', () => {
    const { ask } = open({ requestsPerMinute: 10_000, tokensPerMinute: 1_000_000 })
    const answers = Array.from({ length: 18 }, () => ask(start))
    assert.deepEqual(answers, ['counted', 'counted', ...Array.from({ length: 16 }, () => 'ahead')])
    assert.equal(ask(start + 1), 'counted')
    assert.deepEqual(counted(), [35, 350])
    assert.equal(ask(start + 1_000), 'counted')
    assert.deepEqual(counted(), [20, 200])
  })

  it('are none if the transaction that counts them is undone', () => {
    const use = createRateUse(database)
    const settings = { requestsPerMinute: 10_000 }
    const amount = { connection: 'work', tokens: 10 }
    database.transaction(() => use.take(amount, settings, start))
    use.advances.end(true)
    assert.throws(() =>
      database.transaction(() => {
        use.take(amount, settings, start)
        throw new Error('undone')
      }),
    )
    use.advances.end(false)
    use.advances.end(true)
    assert.equal(use.advances.has(amount, start), false)
    assert.deepEqual(counted(), [1, 10])
  })

  it('are few beside what a minute still has, and of about the same size', () => {
    const few = open({ requestsPerMinute: 1_000 })
    assert.deepEqual([few.ask(start), few.ask(start), few.ask(start)], ['counted', 'counted', 'counted'])
    const other = open({ requestsPerMinute: 1_000_000 })
    const sizes = [100, 100, 101, 40, 60]
    const kinds = sizes.map((tokens) => other.ask(start + 5_000, tokens))
    assert.deepEqual(kinds, ['counted', 'counted', 'counted', 'counted', 'counted'])
    assert.equal(other.ask(start + 5_000, 50), 'ahead')
  })

  it('let no more through in a minute than is allowed', () => {
    const turns = fc.array(
      fc.record({ window: fc.nat(1), waitMs: fc.constantFrom(0, 0, 0, 1, 100, 1_500, 20_000) }),
      { minLength: 50, maxLength: 400 },
    )
    fc.assert(
      fc.property(turns, (script) => {
        database.exec('DELETE FROM rate_use')
        const settings = { requestsPerMinute: 2_000, tokensPerMinute: 50_000 }
        const windows = [open(settings), open(settings)]
        const sent: number[] = []
        let now = start
        for (const { window, waitMs } of script) {
          now += waitMs
          for (let burst = 0; burst < 20; burst++) if (windows[window]?.ask(now) !== 'refused') sent.push(now)
        }
        for (const [index, at] of sent.entries())
          assert.ok((sent[index + 2_000] ?? Number.POSITIVE_INFINITY) - at >= 60_000)
      }),
      { numRuns: 30, seed: 20_261_201 },
    )
  })
})
