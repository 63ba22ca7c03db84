import assert from 'node:assert/strict'
import { promptCacheMembers } from '../../../../src/providers/openai/promptCache.js'

describe('promptCacheMembers', () => {
  it('names the conversation to OpenAI and Azure, and to nobody who may refuse it', () => {
    const conversation = '0f9c1c1e-6d0a-4c38-9d1a-5b8e2d9f1c7a'
    for (const provider of ['openai', 'azure-openai']) {
      assert.deepEqual(promptCacheMembers({ conversation }, { provider }), { prompt_cache_key: conversation })
    }
    assert.deepEqual(promptCacheMembers({ conversation }, { provider: 'openai-compatible' }), {})
  })

  it('says nothing without a conversation, and never more than the API takes', () => {
    assert.deepEqual(promptCacheMembers({}, { provider: 'openai' }), {})
    const long = promptCacheMembers({ conversation: 'x'.repeat(200) }, { provider: 'openai' })
    assert.deepEqual(long, { prompt_cache_key: 'x'.repeat(64) })
  })
})
