import assert from 'node:assert/strict'
import { readUsage } from '../../../../../src/providers/shared/chatWire/usage.js'

describe('readUsage', () => {
  it('counts cached and reasoning tokens once, as parts of the totals', () => {
    const usage = readUsage({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 30 },
    })
    assert.deepEqual(usage, {
      inputTokens: 100,
      outputTokens: 50,
      cacheReadInputTokens: 64,
      cacheWriteInputTokens: 10,
      reasoningOutputTokens: 30,
      accuracy: 'exact',
    })
  })
  it('adds reasoning where the server’s own total shows that it stands apart', () => {
    const usage = readUsage({
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 150,
      completion_tokens_details: { reasoning_tokens: 30 },
    })
    assert.deepEqual([usage?.outputTokens, usage?.reasoningOutputTokens], [50, 30])
  })
  for (const where of [
    { cached_tokens: 7 },
    { prompt_cache_hit_tokens: 7 },
    { prompt_tokens_details: { dram_cached_tokens: 7 } },
  ]) {
    it(`finds cached tokens in ${Object.keys(where)[0]}`, () => {
      assert.equal(readUsage({ prompt_tokens: 9, completion_tokens: 1, ...where })?.cacheReadInputTokens, 7)
    })
  }
  it('never calls half a count exact, and says which half is missing', () => {
    const input = readUsage({ prompt_tokens: 9 })
    assert.deepEqual([input?.accuracy, input?.guessed], ['estimated', ['outputTokens']])
    const output = readUsage({ completion_tokens: 9 })
    assert.deepEqual([output?.accuracy, output?.guessed], ['estimated', ['inputTokens']])
  })
  it('reads nothing from null, from nonsense and from an empty object', () => {
    for (const value of [null, undefined, {}, 'x', [], { prompt_tokens: 'many' }])
      assert.equal(readUsage(value), undefined)
  })
})
