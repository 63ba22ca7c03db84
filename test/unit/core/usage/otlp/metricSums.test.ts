import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isRecord } from '../../../../../src/core/json.js'
import type { AttemptRecord } from '../../../../../src/core/usage/attemptRecord.js'
import { createMetricSums } from '../../../../../src/core/usage/otlp/metricSums.js'
import { createAttemptRecord } from '../../../../fakes/attemptRecords.js'
import { comparable, readOfficial } from '../../../../fakes/officialOtlp.js'

const source = { version: '1.2.3', instanceId: 'window-1' }
const start = Date.UTC(2026, 0, 1)

function sum(records: readonly AttemptRecord[], now = start + 1_000) {
  const sums = createMetricSums(start)
  for (const record of records) sums.add(record)
  return sums.toMetrics(source, now)
}

/** Without the times, which differ, and with the attributes of each point in one order. */
function withoutTimes(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(comparable(body), (key, value: unknown) => {
      if (key === 'startTimeUnixNano' || key === 'timeUnixNano') return typeof value
      if (key !== 'attributes' || !Array.isArray(value)) return value
      return value.filter(isRecord).toSorted((a, b) => (String(a['key']) < String(b['key']) ? -1 : 1))
    }),
  )
}

describe('attempts as metrics', () => {
  it('are what OpenTelemetry itself sums up', () => {
    const { firstPartMs: _, ...failed } = createAttemptRecord({
      provider: 'google',
      outcome: { kind: 'failure', code: 'timeout' },
    })
    const answered = createAttemptRecord({ provider: 'google' })
    const answer = (
      latencyMs: number,
      firstPartMs: number,
      tokens: AttemptRecord['tokens'],
      usd: number,
    ) => ({
      ...answered,
      latencyMs,
      firstPartMs,
      tokens: { ...answered.tokens, ...tokens },
      cost: { usd, source: 'user' } as const,
    })
    const none = answered.tokens
    const records = [
      failed,
      answer(
        1_000.5,
        250,
        { ...none, uncachedInput: 40, cacheRead: 60, visibleOutput: 20, reasoningOutput: 10 },
        0.0125,
      ),
      answer(81_920, 1, { ...none, cacheWriteLong: 4, visibleOutput: 1 }, 0.5),
      answer(999_999, 20_000, { ...none, uncachedInput: 90_000_000, visibleOutput: 257 }, 0.25),
      { ...answered, isCacheHit: true, number: 0 },
    ]
    assert.deepEqual(withoutTimes(sum(records)), withoutTimes(readOfficial('metrics')))
  })

  it('are nothing before the first attempt', () => {
    assert.equal(sum([]), undefined)
  })

  it('say of each budget how far it is used, by the scope that has used the most, and not whose', () => {
    const sums = createMetricSums(start)
    sums.add(createAttemptRecord())
    const shares = [
      { budget: 'month', share: 0.25 },
      { budget: 'each', share: 0.5 },
      { budget: 'each', share: 1.5 },
    ]
    const text = JSON.stringify(sums.toMetrics(source, start + 1_000, shares))
    const [, metric = ''] = text.split('"name":"roundhouse.client.budget.use"')
    assert.deepEqual(
      [...metric.matchAll(/"stringValue":"(\w+)"}}\],"timeUnixNano":"\d+","asDouble":([\d.]+)/g)].map(
        ([, ...found]) => found,
      ),
      [
        ['month', '0.25'],
        ['each', '1.5'],
      ],
    )
    assert.ok(!JSON.stringify(sums.toMetrics(source, start + 1_000)).includes('budget'))
  })

  it('span the time since the start, though the clock was put back', () => {
    const times = (now: number): string[] =>
      [...JSON.stringify(sum([createAttemptRecord()], now)).matchAll(/imeUnixNano":"(\d+)"/g)]
        .slice(0, 2)
        .map(([, time]) => time ?? '')
    assert.deepEqual(times(start + 1_500), [`${start}000000`, `${start + 1_500}000000`])
    assert.deepEqual(times(start - 86_400_000), [`${start}000000`, `${start}000000`])
  })

  it('are no more than two thousand points and one for the rest, however many models are asked', () => {
    const records = Array.from({ length: 2_500 }, (_, index) =>
      createAttemptRecord({ model: { connection: 'work', id: `m${index}` } }),
    )
    const text = JSON.stringify(sum(records))
    assert.equal(text.match(/otel\.metric\.overflow/g)?.length, 3)
    assert.ok(text.includes('"m1999"') && !text.includes('"m2000"'))
  })

  it('tell choices, fallbacks and errors of estimates under the names that the documents give', () => {
    const small = { connection: 'work', id: 'small' }
    const large = { connection: 'home', id: 'large' }
    const failed = { kind: 'failure', code: 'timeout' } as const
    const body = sum([
      createAttemptRecord({ model: small, outcome: failed, selectionMs: 3 }),
      createAttemptRecord({ number: 2, model: large, estimate: { estimated: 90, exact: 100 } }),
      createAttemptRecord({ requestId: 'other', model: small, outcome: failed }),
      createAttemptRecord({ requestId: 'other', number: 2, model: large, outcome: failed }),
    ])
    const told = new Map(metricsOf(body).map((metric) => [metric['name'], metric]))
    const named = readFileSync(new URL('../../../../../docs/health.md', import.meta.url), 'utf8')
    for (const [name, unit, of, count] of [
      ['roundhouse.client.selection.duration', 's', 'work/small', 1],
      ['roundhouse.client.estimate.error', '1', 'home/large', 1],
      ['roundhouse.client.fallbacks', '{attempt}', 'work/small', 2],
      ['roundhouse.client.fallback.successes', '{attempt}', 'work/small', 1],
    ] as const) {
      const metric = told.get(name)
      assert.equal(metric?.['unit'], unit, name)
      assert.deepEqual(pointsOf(metric), [[of, count]], name)
      assert.ok(named.includes(`\`${name}\``), `docs/health.md names ${name}`)
    }
  })
})

function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function metricsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  const [resource] = recordsIn(isRecord(body) ? body['resourceMetrics'] : undefined)
  const [scope] = recordsIn(resource?.['scopeMetrics'])
  return recordsIn(scope?.['metrics'])
}

/** `connection/model`, and how often: the count of a histogram, the value of a sum. */
function pointsOf(metric: Readonly<Record<string, unknown>> | undefined): readonly unknown[] {
  const kept = metric?.['histogram'] ?? metric?.['sum']
  return recordsIn(isRecord(kept) ? kept['dataPoints'] : undefined).map((point) => {
    const named = new Map(recordsIn(point['attributes']).map(({ key, value }) => [key, value]))
    const text = (key: string): string => {
      const value = named.get(key)
      return isRecord(value) ? String(value['stringValue']) : ''
    }
    const count = point['count'] ?? point['asDouble']
    return [`${text('roundhouse.connection')}/${text('gen_ai.request.model')}`, Number(count)]
  })
}
