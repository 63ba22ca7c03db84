import assert from 'node:assert/strict'
import { describeTidying, tidyBaseUrl } from '../../../src/core/baseUrl.js'

describe('tidyBaseUrl', () => {
  for (const [pasted, url] of [
    ['https://host.test/v1/chat/completions', 'https://host.test/v1'],
    [' https://host.test/v1/chat/completions/ ', 'https://host.test/v1'],
    ['https://host.test/openai/v1/responses', 'https://host.test/openai/v1'],
    ['https://api.test/v1/messages', 'https://api.test/v1'],
    ['https://api.test/v1/messages/count_tokens', 'https://api.test/v1'],
    ['https://host.test/v1/models', 'https://host.test/v1'],
    ['http://localhost:11434/api/chat', 'http://localhost:11434'],
    ['https://host.test/v1beta/models/gemini-3:generateContent?alt=sse', 'https://host.test/v1beta'],
    ['https://me.azure.test/openai/deployments/gpt/chat/completions?api-version=1', 'https://me.azure.test'],
    ['https://host.test/v1?key=none', 'https://host.test/v1'],
    ['https://host.test/v1#top', 'https://host.test/v1'],
  ] as const) {
    it(`finds the base URL in ${pasted}`, () => assert.equal(tidyBaseUrl(pasted).url, url))
  }

  for (const base of [
    'https://host.test/v1',
    'https://host.test/v1/',
    'http://127.0.0.1:8080',
    'https://resource.services.test/models',
    'https://host.test/completions-proxy/v1',
    'no address',
    '',
  ]) {
    it(`leaves ${base || 'nothing'} as it is`, () => {
      assert.deepEqual(tidyBaseUrl(base), { url: base, removed: [] })
    })
  }

  it('says what was taken off and what is used', () => {
    assert.equal(
      describeTidying(tidyBaseUrl('https://host.test/v1/embeddings?x=1')),
      'The base URL ends before “/embeddings” and “?x=1”: https://host.test/v1 is used.',
    )
  })
})
