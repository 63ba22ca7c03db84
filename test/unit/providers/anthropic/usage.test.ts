import assert from 'node:assert/strict'
import { createUsageReader } from '../../../../src/providers/anthropic/usage.js'
import { createUsage } from '../../../fakes/usagePipeline.js'

function read(...updates: readonly unknown[]) {
  const reader = createUsageReader()
  for (const update of updates) reader.read(update)
  const usage = reader.usage()
  assert.ok(usage !== undefined)
  return usage
}

function usageOf(first: unknown, last?: unknown) {
  const reader = createUsageReader()
  reader.read(first)
  if (last !== undefined) reader.read(last, true)
  return reader.usage()
}

const start = { input_tokens: 10, output_tokens: 1 }

describe('the usage of a message', () => {
  it('keeps an earlier count where a later one is zero, null or absent', () => {
    const end = { input_tokens: 0, output_tokens: 20, cache_read_input_tokens: null }
    const usage = read({ ...start, cache_read_input_tokens: 4 }, end)
    assert.deepEqual(usage, createUsage({ inputTokens: 14, outputTokens: 20, cacheReadInputTokens: 4 }))
    assert.equal(read(start, { output_tokens: 20 }, { output_tokens: 0 }).outputTokens, 20)
    assert.equal(read(start, { output_tokens: 20 }, { output_tokens: -4 }).outputTokens, 20)
  })

  it('calls an answer that was counted at its beginning alone a guess', () => {
    for (const updates of [[start], [start, null], [start, {}]]) {
      const { guessed, accuracy } = read(...updates)
      assert.deepEqual([guessed, accuracy], [['outputTokens'], 'estimated'])
    }
  })

  it('adds what was asked beside the message, and nothing twice', () => {
    const end = {
      output_tokens: 20,
      iterations: [
        { type: 'compaction', input_tokens: 180, output_tokens: 35, cache_read_input_tokens: 5 },
        { type: 'message', input_tokens: 4, output_tokens: 8 },
        { type: 'message', input_tokens: 6, output_tokens: 12 },
        { type: 'advisor_message', input_tokens: 100, output_tokens: 50 },
      ],
    }
    assert.deepEqual(
      read(start, end),
      createUsage({ inputTokens: 10 + 180 + 5 + 100, outputTokens: 20 + 35 + 50, cacheReadInputTokens: 5 }),
    )
  })

  it('counts the rounds of a request that another model went on with', () => {
    const iterations = [
      { type: 'message', input_tokens: 10, output_tokens: 3 },
      { type: 'fallback_message', input_tokens: 12, output_tokens: 20 },
    ]
    const usage = read(start, { output_tokens: 20, iterations })
    assert.deepEqual([usage.inputTokens, usage.outputTokens], [22, 23])
  })

  it('says which tier and which speed answered', () => {
    const end = { output_tokens: 2 }
    assert.equal(read({ ...start, service_tier: 'priority' }, end).serviceTier, 'priority')
    assert.equal(read({ ...start, service_tier: 'standard', speed: 'fast' }, end).serviceTier, 'fast')
    assert.equal(read({ ...start, service_tier: 'standard' }, end).serviceTier, undefined)
  })

  it('survives usage of any shape', () => {
    for (const value of [null, 'x', [], { iterations: 'x' }, { iterations: [null, { type: 'message' }] }])
      assert.equal(usageOf(value), undefined)
  })
  it('is unknown where neither its start nor its end tells any', () => {
    for (const nothing of [undefined, null, {}, { input_tokens: null }, { input_tokens: -3 }, 'none'])
      assert.equal(usageOf(nothing, nothing), undefined)
  })
  it('is told by its end alone', () => {
    const usage = usageOf(undefined, { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 8 })
    assert.deepEqual(
      [usage?.inputTokens, usage?.outputTokens, usage?.cacheReadInputTokens, usage?.accuracy],
      [11, 5, 8, 'exact'],
    )
  })
  it('guesses what was not counted, and says so', () => {
    assert.deepEqual(usageOf({ input_tokens: 9, output_tokens: 1 }, null)?.guessed, ['outputTokens'])
    assert.deepEqual(usageOf({ input_tokens: 9 }, { output_tokens: 4 })?.guessed, undefined)
    assert.deepEqual(usageOf(undefined, { output_tokens: 4 })?.guessed, ['inputTokens'])
  })
  it('counts the cache once where its counts come behind an input that holds it', () => {
    const alone = { input_tokens: 8_834, output_tokens: 1 }
    const late = { output_tokens: 9, cache_read_input_tokens: 8_831 }
    for (const [first, last] of [
      [alone, late],
      [{ ...alone, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 }, late],
      [alone, { ...late, input_tokens: 8_834 }],
      [alone, { output_tokens: 9, cache_read_input_tokens: 8_000, cache_creation_input_tokens: 831 }],
    ]) {
      const usage = usageOf(first, last)
      assert.equal(usage?.inputTokens, 8_834)
      assert.equal(usage.cacheReadInputTokens + usage.cacheWriteInputTokens, 8_831)
    }
  })
  it('adds the cache to an input that was counted beside it', () => {
    const cached = { cache_read_input_tokens: 8_831 }
    for (const [first, last] of [
      [{ input_tokens: 3, ...cached }, { output_tokens: 9 }],
      [{ input_tokens: 0 }, { input_tokens: 3, output_tokens: 9, ...cached }],
      [{ input_tokens: 8_834 }, { input_tokens: 3, output_tokens: 9, ...cached }],
      [{ input_tokens: 3 }, { output_tokens: 9, ...cached }],
    ])
      assert.equal(usageOf(first, last)?.inputTokens, 8_834)
  })
  it('finds what was written to the cache by its lifetimes alone', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 }
    const usage = usageOf({ input_tokens: 1, cache_creation }, { output_tokens: 2 })
    assert.deepEqual(
      [usage?.cacheWriteInputTokens, usage?.cacheWriteLongInputTokens, usage?.inputTokens],
      [10, 6, 11],
    )
  })
})
