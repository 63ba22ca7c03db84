import assert from 'node:assert/strict'
import type { ReasoningEffort } from '../../../../src/core/chat.js'
import type { ModelFacts } from '../../../../src/core/model.js'
import type { FieldValue } from '../../../../src/core/provider.js'
import { thinkingConfig, thinkingLevel } from '../../../../src/providers/google/thinking.js'
import { google } from '../../../../src/providers/google.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const asked = (id: string, reasoningEffort?: ReasoningEffort, facts: ModelFacts = {}) => ({
  model: createModel(google, id, facts),
  messages: [],
  ...(reasoningEffort === undefined ? {} : { parameters: { reasoningEffort } }),
})
const connection = (fields: Readonly<Record<string, FieldValue>> = {}) => createConnection({ fields })
const thinks: ModelFacts = { capabilities: { reasoning: true } }

describe('how much a Gemini model thinks', () => {
  it('is a level that every model since Gemini 3 takes', () => {
    const levels = (['none', 'minimal', 'low', 'medium', 'high', 'max'] as const).map((effort) =>
      thinkingLevel(asked('gemini-3.7-flash', effort)),
    )
    assert.deepEqual(levels, ['low', 'low', 'low', 'medium', 'high', 'high'])
  })

  it('is a level of the model’s own where it says which it has', () => {
    const facts: ModelFacts = { ...thinks, reasoningEfforts: ['minimal', 'high'] }
    assert.equal(thinkingLevel(asked('gemini-3-flash', 'none', facts)), 'minimal')
  })

  it('is left to the model where nobody asks, or it does not think', () => {
    assert.equal(thinkingLevel(asked('gemini-3.7-flash')), undefined)
    const dull: ModelFacts = { capabilities: { reasoning: false } }
    assert.equal(thinkingLevel(asked('gemini-2.0-flash', 'high', dull)), undefined)
    assert.equal(thinkingConfig(asked('gemini-2.0-flash', 'high', dull), connection()), undefined)
  })

  it('is a budget for Gemini 2.5 in the older API, never below what its Pro model must have', () => {
    const budget = (id: string, effort: ReasoningEffort) =>
      thinkingConfig(asked(id, effort), connection())?.thinkingBudget
    assert.equal(budget('gemini-2.5-flash', 'none'), 0)
    assert.equal(budget('gemini-2.5-pro', 'none'), 128)
    assert.equal(budget('gemini-2.5-pro', 'high'), 24_576)
    assert.deepEqual(thinkingConfig(asked('gemini-3.1-pro-preview', 'high'), connection()), {
      thinkingLevel: 'HIGH',
    })
  })

  it('is shown where the model is known to think and the user does not mind', () => {
    assert.deepEqual(thinkingConfig(asked('gemini-3.7-flash', undefined, thinks), connection()), {
      includeThoughts: true,
    })
    const quiet = connection({ thoughtSummaries: 'none' })
    assert.equal(thinkingConfig(asked('gemini-3.7-flash', undefined, thinks), quiet), undefined)
    assert.equal(thinkingConfig(asked('gemini-3.7-flash'), connection()), undefined)
  })
})
