import assert from 'node:assert/strict'
import { toTraces } from '../../../../../src/core/usage/otlp/traces.js'
import { createAttemptRecord } from '../../../../fakes/attemptRecords.js'
import { comparable, readOfficial } from '../../../../fakes/officialOtlp.js'

const source = { version: '1.2.3', instanceId: 'window-1' }
const { firstPartMs: _, ...failed } = createAttemptRecord({
  provider: 'google',
  accuracy: 'estimated',
  outcome: { kind: 'failure', code: 'timeout' },
})
const answered = createAttemptRecord({
  at: Date.UTC(2026, 0, 1) + 2_000,
  number: 2,
  provider: 'google',
  caller: { door: 'api', extension: 'other.extension' },
  route: 'auto',
  latencyMs: 1_000.5,
  firstPartMs: 250,
  tokens: {
    uncachedInput: 25,
    cacheRead: 60,
    cacheWriteShort: 10,
    cacheWriteLong: 5,
    visibleOutput: 20,
    reasoningOutput: 10,
  },
  cost: { usd: 0.0125, source: 'snapshot' },
})

const spansOf = (...records: Parameters<typeof toTraces>[0]) =>
  toTraces(records, source).resourceSpans[0]?.scopeSpans[0]?.spans ?? []

describe('attempts as spans', () => {
  it('are what OpenTelemetry itself makes of them', () => {
    assert.deepEqual(comparable(toTraces([failed, answered], source)), readOfficial('traces'))
  })

  it('say what was asked of the model', () => {
    const [span] = spansOf({ ...answered, operation: 'embeddings' })
    const named = span?.attributes.find(({ key }) => key === 'gen_ai.operation.name')
    assert.deepEqual(
      [span?.name, named?.value],
      [`embeddings ${answered.model.id}`, { stringValue: 'embeddings' }],
    )
  })

  it('share the trace of their request, and no span', () => {
    const [first, second, other] = spansOf(failed, answered, { ...answered, requestId: 'request-2' })
    assert.equal(first?.traceId, second?.traceId)
    assert.notEqual(second?.traceId, other?.traceId)
    assert.equal(new Set([first?.spanId, second?.spanId, other?.spanId]).size, 3)
  })

  it('have ids of the right form, whatever the request is called', () => {
    for (const requestId of ['', 'ü 🚂', 'a'.repeat(10_000), '0b1f6a6e-0000-4000-8000-000000000000']) {
      const [span] = spansOf({ ...answered, requestId })
      assert.match(span?.traceId ?? '', /^(?!0{32})[0-9a-f]{32}$/)
      assert.match(span?.spanId ?? '', /^(?!0{16})[0-9a-f]{16}$/)
    }
  })

  it('are no errors where the user has cancelled', () => {
    const [span] = spansOf({ ...answered, outcome: { kind: 'cancelled', code: 'cancelled' } })
    assert.deepEqual(span?.status, {})
    assert.ok(
      span?.attributes.some(({ key, value }) => key === 'error.type' && value.stringValue === 'cancelled'),
    )
  })
})
