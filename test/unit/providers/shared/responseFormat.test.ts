import assert from 'node:assert/strict'
import type { ResponseFormat } from '../../../../src/core/chat.js'
import { toChatFormat, toResponsesFormat } from '../../../../src/providers/shared/responseFormat.js'

type Schema = Extract<ResponseFormat, { type: 'jsonSchema' }>['schema']

const closed = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const formatOf = (schema: Schema, name = 'city'): ResponseFormat => ({ type: 'jsonSchema', name, schema })

describe('the format of an answer', () => {
  it('is nested for Chat Completions and flat for Responses', () => {
    const named = { name: 'city', schema: closed, strict: true }
    assert.deepEqual(toChatFormat(formatOf(closed)), { type: 'json_schema', json_schema: named })
    assert.deepEqual(toResponsesFormat(formatOf(closed)), { type: 'json_schema', ...named })
  })

  it('is an object of any kind for JSON, and nothing at all for text', () => {
    for (const convert of [toChatFormat, toResponsesFormat]) {
      assert.deepEqual(convert({ type: 'json' }), { type: 'json_object' })
      assert.equal(convert({ type: 'text' }), undefined)
    }
  })

  const { additionalProperties: _, ...open } = closed
  for (const [what, schema] of [
    ['an open object', open],
    ['an object with an optional property', { ...closed, required: [] }],
    ['an object without a word on what is required', { type: 'object', additionalProperties: false }],
    ['an open object inside', { ...closed, properties: { city: open } }],
    ['an open object among alternatives', { ...closed, properties: { city: { anyOf: [open] } } }],
  ] as const) {
    it(`is not promised strictly for ${what}, which would be refused`, () => {
      assert.equal(toResponsesFormat(formatOf(schema))?.['strict'], undefined)
    })
  }

  it('has a name that the server takes', () => {
    assert.equal(toResponsesFormat(formatOf(closed, 'a city, or two!'))?.['name'], 'a_city__or_two_')
    assert.equal(toResponsesFormat(formatOf(closed, ''))?.['name'], 'answer')
    assert.equal(String(toResponsesFormat(formatOf(closed, 'x'.repeat(99)))?.['name']).length, 64)
  })
})
