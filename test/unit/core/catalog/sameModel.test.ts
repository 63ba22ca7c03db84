import assert from 'node:assert/strict'
import { describeModel } from '../../../../src/core/catalog/describe.js'
import { isSameModel } from '../../../../src/core/catalog/sameModel.js'
import type { ModelFacts } from '../../../../src/core/model.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const describeAs = (id: string, own: ModelFacts = {}) =>
  describeModel({
    connection: createConnection({ models: { [id]: own } }),
    provider: createScriptedProvider(),
    listed: { id },
    findings: [],
  })

const pairs: readonly (readonly [string, string, boolean])[] = [
  ['gpt-5', 'openai/gpt-5', true],
  ['qwen3:latest', 'qwen3', true],
  ['claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4.5', true],
  ['llama-3.1-8b-instruct', 'meta-llama/Llama-3.1-8B-Instruct', true],
  ['qwen3:8b', 'qwen/qwen3-8b', true],
  ['gpt-5', 'gpt-5-mini', false],
  ['llama-3.1-8b-instruct', 'llama-3.1-70b-instruct', false],
  ['qwen3-8b', 'qwen3-8b-base', false],
  ['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06', false],
  ['claude-sonnet-4-5', 'claude-opus-4-5', false],
  ['mystery', 'enigma', false],
]

describe('the same model of two connections', () => {
  for (const [a, b, isSame] of pairs) {
    it(`is ${isSame ? 'found' : 'not mistaken'} for ${a} and ${b}`, () => {
      assert.equal(isSameModel(describeAs(a), describeAs(b)), isSame)
      assert.equal(isSameModel(describeAs(b), describeAs(a)), isSame)
    })
  }

  it('is what the user says is of one family', () => {
    const named = describeAs('my-deployment', { family: 'gpt-5' })
    assert.equal(isSameModel(named, describeAs('gpt-5')), true)
    assert.equal(isSameModel(describeAs('my-deployment'), describeAs('gpt-5')), false)
  })
})
