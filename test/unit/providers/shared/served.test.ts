import assert from 'node:assert/strict'
import type { Served } from '../../../../src/core/provider.js'
import { readServed } from '../../../../src/providers/shared/served.js'

const cases: Readonly<Record<string, readonly [unknown, Served | undefined]>> = {
  'Chat Completions': [{ model: 'gpt-5-2026', choices: [] }, { model: 'gpt-5-2026' }],
  OpenRouter: [
    { model: 'a/b', provider: 'DeepInfra' },
    { model: 'a/b', provider: 'DeepInfra' },
  ],
  Responses: [{ type: 'response.created', response: { model: 'gpt-5-2026' } }, { model: 'gpt-5-2026' }],
  Messages: [{ type: 'message_start', message: { model: 'claude-x' } }, { model: 'claude-x' }],
  Interactions: [{ event_type: 'x', interaction: { model: 'gemini-x' } }, { model: 'gemini-x' }],
  generateContent: [{ candidates: [], modelVersion: 'gemini-x-001' }, { model: 'gemini-x-001' }],
  'an empty name': [{ model: ' ', provider: 'p' }, undefined],
  'a name without end': [{ model: 'm'.repeat(201) }, undefined],
  'a number': [{ model: 5 }, undefined],
  'no object': ['model', undefined],
}

describe('who made an answer', () => {
  for (const [name, [event, served]] of Object.entries(cases)) {
    it(`is read of ${name} as ${JSON.stringify(served)}`, () => {
      assert.deepEqual(readServed(event), served)
    })
  }
})
