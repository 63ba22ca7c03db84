import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ChatParameters, Message } from '../../../../src/core/chat.js'
import type { ModelFacts } from '../../../../src/core/model.js'
import { parameterNames } from '../../../../src/core/parameters/merge.js'
import { openai } from '../../../../src/providers/index.js'
import { createParameterGate, type ParameterRules } from '../../../../src/providers/shared/parameters.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const everything: ParameterRules = { takes: parameterNames }
const say = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

function setUp(facts: ModelFacts = {}) {
  const log = createMemoryLog()
  const context = createProviderContext({ provider: 'x', log })
  const gate = createParameterGate()
  const admit = (parameters: ChatParameters, rules = everything, messages = [say('Hello')]) =>
    gate({ model: createModel(openai, 'm', facts), messages, parameters }, context, rules)
  return { log, admit }
}

describe('the parameter gate', () => {
  it('lets through what the wire takes, and nothing else', () => {
    fc.assert(
      fc.property(fc.subarray([...parameterNames]), (takes) => {
        const given: Required<ChatParameters> = {
          temperature: 0.5,
          topP: 0.9,
          topK: 1,
          maxOutputTokens: 10,
          stop: ['x'],
          seed: 1,
          frequencyPenalty: 1,
          presencePenalty: 1,
          repeatPenalty: 1.1,
          reasoningEffort: 'low',
          responseFormat: { type: 'json' },
        }
        const kept = setUp().admit(given, { takes }).parameters ?? {}
        assert.deepEqual(new Set(Object.keys(kept)), new Set(takes))
        for (const name of takes) assert.deepEqual(kept[name], given[name])
      }),
    )
  })

  it('leaves out what the model refuses, by the user’s word or by its capabilities', () => {
    const schema = { type: 'jsonSchema', name: 'a', schema: {} } as const
    for (const [facts, given, kept] of [
      [{ refusedParameters: ['seed'] }, { seed: 1, topK: 2 }, { topK: 2 }],
      [{ capabilities: { reasoning: false } }, { reasoningEffort: 'low' }, undefined],
      [{ capabilities: {} }, { reasoningEffort: 'low' }, { reasoningEffort: 'low' }],
      [{ capabilities: { structuredOutput: false } }, { responseFormat: schema }, undefined],
      [
        { capabilities: { structuredOutput: false } },
        { responseFormat: { type: 'json' } },
        { responseFormat: { type: 'json' } },
      ],
    ] as const) {
      assert.deepEqual(setUp(facts).admit(given).parameters, kept)
    }
  })

  it('leaves out what the provider refuses of this request', () => {
    const rules: ParameterRules = {
      ...everything,
      refuses: ({ parameters }) => (parameters?.temperature === undefined ? [] : ['topP']),
    }
    const { admit } = setUp()
    assert.deepEqual(admit({ temperature: 1, topP: 1 }, rules).parameters, { temperature: 1 })
    assert.deepEqual(admit({ topP: 1 }, rules).parameters, { topP: 1 })
  })

  it('says in the log what is left out, once for each model and finding', () => {
    const { admit, log } = setUp()
    const rules: ParameterRules = { takes: ['temperature'] }
    admit({ seed: 1, topK: 1, temperature: 1 }, rules)
    admit({ seed: 2, topK: 1, temperature: 1 }, rules)
    admit({ temperature: 1 }, rules)
    admit({ seed: 3 }, rules)
    assert.deepEqual(log.lines, [
      'info work/m does not take topK, seed: left out.',
      'info work/m does not take seed: left out.',
    ])
  })

  it('lowers what goes beyond a known limit, and says so', () => {
    const { admit, log } = setUp({ maxOutputTokens: 100 })
    const rules: ParameterRules = { ...everything, maximumStops: 2 }
    const { parameters } = admit({ maxOutputTokens: 500, stop: ['a', '', 'b', 'c'] }, rules)
    assert.deepEqual(parameters, { maxOutputTokens: 100, stop: ['a', 'b'] })
    assert.match(log.lines[0] ?? '', /maxOutputTokens, stop: lowered/)
    assert.deepEqual(setUp().admit({ maxOutputTokens: 500 }).parameters, { maxOutputTokens: 500 })
  })

  it('sends no empty list of ends', () => {
    assert.equal(setUp().admit({ stop: [''] }).parameters, undefined)
  })

  it('puts the word JSON where it is missing, and only where any JSON is asked for', () => {
    const json: ChatParameters = { responseFormat: { type: 'json' } }
    const { admit } = setUp()
    const added = admit(json).messages.at(-1)
    assert.deepEqual([added?.role, added?.content[0]?.type], ['system', 'text'])
    const asked = [say('Answer as Json, please')]
    assert.deepEqual(admit(json, everything, asked).messages, asked)
    assert.deepEqual(admit({}).messages, [say('Hello')])
    assert.deepEqual(admit(json, { takes: ['seed'] }).messages, [say('Hello')])
  })
})
