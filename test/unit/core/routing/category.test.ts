import assert from 'node:assert/strict'
import type { ModelInfo } from '../../../../src/core/model.js'
import { categorize, parameterBillions } from '../../../../src/core/routing/category.js'
import type { ModelCategory } from '../../../../src/core/routing/requirements.js'
import { createModel } from '../../../fakes/models.js'

const categories: readonly (readonly [string, Partial<ModelInfo>, ModelCategory])[] = [
  ['gpt-5-nano', {}, 'lightweight'],
  ['claude-haiku-4-5', {}, 'lightweight'],
  ['gemini-2.5-flash-lite', {}, 'lightweight'],
  ['gemini-2.5-flash', {}, 'versatile'],
  ['claude-sonnet-5', {}, 'versatile'],
  ['claude-opus-5', {}, 'powerful'],
  ['gemini-2.5-pro', {}, 'powerful'],
  ['mistral-large-2512', {}, 'powerful'],
  ['minimax-m2', { pricing: { output: 1.2 } }, 'lightweight'],
  ['qwen2.5-coder:7b', {}, 'lightweight'],
  ['llama-3.3-70b-versatile', {}, 'versatile'],
  ['mixtral-8x22b', {}, 'powerful'],
  ['qwen3', { parameterSize: '7.6B' }, 'lightweight'],
  ['smollm2', { parameterSize: '360M' }, 'lightweight'],
  ['gpt-5', { pricing: { output: 10 } }, 'versatile'],
  ['o1', { pricing: { output: 60 } }, 'powerful'],
  ['anything', {}, 'versatile'],
  ['anything', { location: 'local' }, 'lightweight'],
]

describe('categorize', () => {
  for (const [id, facts, category] of categories) {
    it(`calls ${id} ${JSON.stringify(facts)} ${category}`, () => {
      assert.equal(categorize(createModel({ id, ...facts })), category)
    })
  }
})

describe('parameterBillions', () => {
  const sizes: readonly (readonly [string, Partial<ModelInfo>, number | undefined])[] = [
    ['qwen2.5:0.5b', {}, 0.5],
    ['qwen3-30b-a3b', {}, 30],
    ['mixtral-8x7b-instruct', {}, 56],
    ['smollm:135m', {}, 0.135],
    ['x', { parameterSize: '7.6B' }, 7.6],
    ['gpt-5', {}, undefined],
    ['abc', {}, undefined],
  ]
  for (const [id, facts, billions] of sizes) {
    it(`reads ${billions ?? 'nothing'} from ${id} ${JSON.stringify(facts)}`, () => {
      assert.equal(parameterBillions(createModel({ id, ...facts })), billions)
    })
  }
})
