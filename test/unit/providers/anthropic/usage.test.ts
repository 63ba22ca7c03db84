import assert from 'node:assert/strict'
import { createUsageReader } from '../../../../src/providers/anthropic/usage.js'
import { createUsage } from '../../../fakes/usagePipeline.js'

function read(...updates: readonly unknown[]) {
  const reader = createUsageReader()
  for (const update of updates) reader.read(update)
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
      assert.equal(read(value).inputTokens, 0)
  })
})
