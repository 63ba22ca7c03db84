import assert from 'node:assert/strict'
import { formatModelRef, type ModelRef, parseModelRef } from '../../../src/core/model.js'

const references: readonly (readonly [string, ModelRef])[] = [
  ['work/gpt-5', { connection: 'work', id: 'gpt-5' }],
  ['hub/meta/llama-3', { connection: 'hub', id: 'meta/llama-3' }],
  ['auto', { connection: 'auto', id: '' }],
  ['auto/cheapest', { connection: 'auto', id: 'cheapest' }],
  ['my route', { connection: 'my route', id: '' }],
]

describe('a model reference', () => {
  for (const [text, ref] of references) {
    it(`reads “${text}”, and writes it as it was`, () => {
      assert.deepEqual(parseModelRef(text), ref)
      assert.equal(formatModelRef(ref), text)
    })
  }

  for (const text of ['', '/', '/gpt-5', 'work/']) {
    it(`is not “${text}”`, () => assert.equal(parseModelRef(text), undefined))
  }
})
