import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { createMetrics, type ModelStatistics, type Statistics } from '../../../../src/core/usage/metrics.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createManualClock } from '../../../fakes/manualClock.js'

const small = { connection: 'work', id: 'small' }
const large = { connection: 'home', id: 'large' }
const failure = (code: 'timeout' | 'invalid-request'): AttemptRecord['outcome'] => ({ kind: 'failure', code })

function setUp(...records: readonly AttemptRecord[]) {
  const clock = createManualClock()
  const metrics = createMetrics({ clock })
  for (const record of records) metrics.record(record)
  return { clock, metrics }
}

function near(actual: number | undefined, expected: number, within = 0.02): boolean {
  return actual !== undefined && Math.abs(actual - expected) <= expected * within + 1e-9
}

describe('metrics', () => {
  it('say nothing of a model that was never asked', () => {
    const { metrics } = setUp(createAttemptRecord())
    const statistics: Statistics = metrics.model
    assert.equal(statistics({ connection: 'work', id: 'other' }), undefined)
    assert.equal(metrics.connection('home'), undefined)
  })

  it('tell latency and time to the first part of successes, within two per cent', () => {
    const records = Array.from({ length: 100 }, (_, index) =>
      createAttemptRecord({ latencyMs: (index + 1) * 100, firstPartMs: index + 1 }),
    )
    const failed = createAttemptRecord({ latencyMs: 1, outcome: failure('timeout') })
    const { metrics } = setUp(...records, failed)
    const { latencyMs, firstPartMs } = metrics.model(small) ?? {}
    for (const [name, expected] of [
      ['p50', 50],
      ['p95', 95],
      ['p99', 99],
    ] as const) {
      assert.ok(near(latencyMs?.[name], expected * 100), `latency ${name} is ${latencyMs?.[name]}`)
      assert.ok(near(firstPartMs?.[name], expected), `first part ${name} is ${firstPartMs?.[name]}`)
    }
  })

  it('tell of the last hour alone what was asked in it, and nothing where nothing was', async () => {
    const { clock, metrics } = setUp()
    const ask = (latencyMs: number) =>
      metrics.record(createAttemptRecord({ at: clock.now() - latencyMs, latencyMs }))
    ask(9_000)
    await clock.advance(2 * 3_600_000)
    assert.equal(metrics.lastHour.model(small), undefined)
    ask(1_000)
    const { requests, latencyMs } = metrics.lastHour.model(small) ?? {}
    assert.equal(requests, 1)
    assert.ok(near(latencyMs?.p95, 1_000), `p95 is ${latencyMs?.p95}`)
    assert.ok(near(metrics.model(small)?.latencyMs?.p99, 9_000))
    assert.equal(metrics.lastHour.connection('work')?.requests, 1)
  })

  it('tell the median speed of output', () => {
    const records = [10, 40, 400].map((visibleOutput) => createAttemptRecord({ tokens: { visibleOutput } }))
    assert.ok(near(setUp(...records).metrics.model(small)?.tokensPerSecond, 50))
  })

  it('count against a model what is its own failure, not what lies in the request or the user', () => {
    const { metrics } = setUp(
      createAttemptRecord(),
      createAttemptRecord({ outcome: failure('timeout') }),
      createAttemptRecord({ outcome: failure('invalid-request') }),
      createAttemptRecord({ outcome: { kind: 'cancelled', code: 'cancelled' } }),
    )
    assert.equal(metrics.model(small)?.successRate, 0.5)
    assert.equal(metrics.model(small)?.requests, 4)
  })

  it('count a fallback of the model that was left, not of the one that was turned to, nor a retry', () => {
    const { metrics } = setUp(
      createAttemptRecord({ number: 1, outcome: failure('timeout') }),
      createAttemptRecord({ number: 2, outcome: failure('timeout') }),
      createAttemptRecord({ number: 3, model: large }),
      createAttemptRecord({ requestId: 'request-2', number: 1 }),
    )
    assert.ok(near(metrics.model(small)?.fallbackRate, 1 / 3))
    assert.equal(metrics.model(large)?.fallbackRate, 0)
  })

  it('count what the cache answered as a share of the requests, and as no attempt', () => {
    const hit = createAttemptRecord({ number: 0, isCacheHit: true, latencyMs: 1 })
    const { metrics } = setUp(createAttemptRecord(), hit, hit, hit)
    const { cacheHitRate, requests, latencyMs } = metrics.model(small) ?? {}
    assert.deepEqual([cacheHitRate, requests], [0.75, 1])
    assert.ok(near(latencyMs?.p50, 1_000))
  })

  it('charge an answer with the failures on its way, and call an unknown price unknown', () => {
    const cost = { usd: 0.03, source: 'snapshot' } as const
    const { metrics } = setUp(
      createAttemptRecord({ cost, outcome: failure('timeout') }),
      createAttemptRecord({ cost, number: 2 }),
      createAttemptRecord({ model: large }),
    )
    assert.equal(metrics.model(small)?.costPerRequest, 0.06)
    assert.equal(metrics.model(large)?.costPerRequest, undefined)
  })

  it('show models and connections, the latest used first', () => {
    const other = { connection: 'work', id: 'other' }
    const { metrics } = setUp(
      createAttemptRecord({ model: other }),
      createAttemptRecord({ model: large }),
      createAttemptRecord(),
    )
    assert.deepEqual(
      metrics.models().map(({ model }) => model),
      [small, large, other],
    )
    assert.deepEqual(
      metrics.connections().map(({ connection, requests }) => [connection, requests]),
      [
        ['work', 2],
        ['home', 1],
      ],
    )
  })

  it('tell when a model was last asked, and when it last answered', () => {
    const at = Date.UTC(2026, 0, 1)
    const { metrics } = setUp(
      createAttemptRecord({ at }),
      createAttemptRecord({ at: at - 60_000 }),
      createAttemptRecord({ at: at + 5_000, outcome: failure('timeout') }),
    )
    const { lastAttemptAt, lastSuccessAt } = metrics.connection('work') ?? {}
    assert.deepEqual([lastAttemptAt, lastSuccessAt], [at + 6_000, at + 1_000])
  })

  it('let yesterday be the measure of a model that is slow today', async () => {
    const usual = Array.from({ length: 20 }, () => createAttemptRecord({ latencyMs: 1_000 }))
    const { clock, metrics } = setUp(...usual)
    assert.equal(metrics.model(small)?.healthScore, 100)
    await clock.advance(24 * 3_600_000)
    for (let index = 0; index < 6; index++) {
      metrics.record(createAttemptRecord({ at: clock.now(), latencyMs: 9_000 }))
    }
    assert.equal(metrics.model(small)?.degradation, 'slow')
    assert.ok((metrics.model(small)?.healthScore ?? 100) < 80)
  })

  it('say the same after a rebuild from the ledger as they said before it', () => {
    const outcomes = fc.constantFrom<AttemptRecord['outcome']>({ kind: 'success' }, failure('timeout'))
    const attempts = fc.record({
      model: fc.constantFrom(small, large),
      requestId: fc.constantFrom('a', 'b', 'c'),
      number: fc.integer({ min: 1, max: 3 }),
      latencyMs: fc.integer({ min: 1, max: 60_000 }),
      outcome: outcomes,
      isCacheHit: fc.boolean(),
    })
    const gaps = fc.integer({ min: 0, max: 4 * 3_600_000 })
    const told = fc.array(fc.tuple(attempts, gaps), { minLength: 1, maxLength: 40 })
    const figures = (statistics: ModelStatistics | undefined): unknown =>
      JSON.stringify(statistics, (_, value: unknown) =>
        typeof value === 'number' ? Number(value.toPrecision(6)) : value,
      )
    return fc.assert(
      fc.asyncProperty(told, async (steps) => {
        const { clock, metrics } = setUp()
        const ledger: AttemptRecord[] = []
        for (const [facts, gap] of steps) {
          clock.jump(gap)
          const record = createAttemptRecord({ ...facts, at: clock.now() - facts.latencyMs })
          ledger.push(record)
          metrics.record(record)
        }
        const before = [small, large].map((model) => figures(metrics.model(model)))
        const rebuilt = createMetrics({ clock })
        for (const record of ledger) rebuilt.record(record)
        assert.deepEqual(
          [small, large].map((model) => figures(rebuilt.model(model))),
          before,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('forget the models that were used longest ago, so that memory stays bounded', () => {
    const { metrics } = setUp()
    for (let index = 0; index < 2_100; index++) {
      metrics.record(
        createAttemptRecord({ model: { connection: 'work', id: `m${index}` }, requestId: `${index}` }),
      )
    }
    assert.equal(metrics.models().length, 2_000)
    assert.equal(metrics.model({ connection: 'work', id: 'm0' }), undefined)
    assert.equal(metrics.model({ connection: 'work', id: 'm2099' })?.requests, 1)
  })

  it('tell how many requests that turned to another model were answered in the end, whichever answered', () => {
    const turn = (requestId: string, number: number, model: AttemptRecord['model'], isAnswer: boolean) =>
      createAttemptRecord({
        requestId,
        number,
        model,
        outcome: isAnswer ? { kind: 'success' } : failure('timeout'),
      })
    const middle = { connection: 'work', id: 'middle' }
    const { metrics } = setUp(
      turn('a', 1, small, false),
      turn('a', 2, middle, false),
      turn('a', 3, large, true),
      turn('b', 1, small, false),
      turn('b', 2, large, false),
    )
    assert.equal(metrics.model(small)?.fallbackSuccessRate, 0.5)
    assert.equal(metrics.model(middle)?.fallbackSuccessRate, 1)
    assert.equal(metrics.model(large)?.fallbackSuccessRate, undefined)
    assert.equal(near(metrics.connection('work')?.fallbackSuccessRate, 2 / 3), true)
  })

  it('tell how long routes took to choose, and how far estimates were off', () => {
    const records = Array.from({ length: 100 }, (_, index) =>
      createAttemptRecord({
        selectionMs: index + 1,
        estimate: { estimated: 1_000 + (index + 1) * (index % 2 === 0 ? 1 : -1), exact: 1_000 },
      }),
    )
    const { metrics } = setUp(...records, createAttemptRecord())
    const { selectionMs, estimateError } = metrics.model(small) ?? {}
    assert.ok(near(selectionMs?.p50, 50) && near(selectionMs?.p95, 95), JSON.stringify(selectionMs))
    assert.ok(
      near(estimateError?.p50, 0.05) && near(estimateError?.p95, 0.095),
      JSON.stringify(estimateError),
    )
    const { metrics: none } = setUp(createAttemptRecord())
    const silent = none.model(small)
    assert.deepEqual([silent?.selectionMs, silent?.estimateError], [undefined, undefined])
  })
})
