import assert from 'node:assert/strict'
import type { ReasoningEffort } from '../../../../src/core/chat.js'
import type { ModelFacts } from '../../../../src/core/model.js'
import { openai } from '../../../../src/providers/index.js'
import { effortOf, isReasoning, refusedByReasoning } from '../../../../src/providers/openai/reasoning.js'
import { createModel } from '../../../fakes/providerCalls.js'

const request = (id: string, reasoningEffort?: ReasoningEffort, facts: ModelFacts = {}) => ({
  model: createModel(openai, id, facts),
  messages: [],
  ...(reasoningEffort === undefined ? {} : { parameters: { reasoningEffort } }),
})

describe('the reasoning of OpenAI’s models', () => {
  for (const [id, wanted, sent] of [
    ['o3', 'max', 'high'],
    ['o4-mini', 'none', 'low'],
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5-mini-2025-08-07', 'max', 'high'],
    ['gpt-5-pro', 'low', 'high'],
    ['gpt-5-codex', 'minimal', 'low'],
    ['gpt-5.1', 'max', 'high'],
    ['gpt-5.1-codex-mini', 'none', 'low'],
    ['gpt-5.1-codex-max', 'max', 'xhigh'],
    ['gpt-5.2', 'none', 'none'],
    ['gpt-5.2-pro', 'low', 'medium'],
    ['gpt-5.4-mini', 'max', 'xhigh'],
    ['ft:gpt-5.1:team::x', 'max', 'high'],
  ] as const) {
    it(`is asked of ${id} at ${sent} where ${wanted} is wanted`, () => {
      assert.equal(effortOf(request(id, wanted)), sent)
    })
  }

  it('is asked at what the model says that it takes', () => {
    assert.equal(effortOf(request('gpt-5.2', 'max', { reasoningEfforts: ['low', 'max'] })), 'max')
  })

  it('is not asked where nobody wants a certain one', () => assert.equal(effortOf(request('o3')), undefined))

  it('is not asked of models that are known to have none, whatever a template says', () => {
    for (const id of ['gpt-4.1', 'gpt-4o-mini', 'gpt-3.5-turbo', 'gpt-5-chat-latest', 'ft:gpt-4o:team::x']) {
      assert.deepEqual(refusedByReasoning(request(id, 'medium')), ['reasoningEffort'], id)
    }
    assert.equal(isReasoning(request('our-deployment', 'medium')), true)
    assert.equal(isReasoning(request('our-deployment')), false)
  })

  it('goes with no sampling knob, unless it is switched off', () => {
    assert.ok(refusedByReasoning(request('o3')).includes('temperature'))
    assert.ok(refusedByReasoning(request('gpt-5.2', 'low')).includes('topP'))
    assert.deepEqual(refusedByReasoning(request('gpt-5.2', 'none')), [])
    assert.ok(refusedByReasoning(request('gpt-5', 'none')).includes('temperature'))
  })
})
