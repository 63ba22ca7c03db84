import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ConnectionField, FieldType } from '../../../../src/core/provider.js'
import { checkUrl, formatField, parseField } from '../../../../src/vscode/commands/fieldText.js'

function field(type: FieldType, more: Partial<ConnectionField> = {}): ConnectionField {
  return { id: 'x', label: 'X', description: '', type, ...more }
}

const word = fc.stringMatching(/^[a-z0-9*.-]{1,12}$/)

describe('a field’s text', () => {
  it('reads back every value as it was written', () => {
    const values = fc.oneof(
      fc.record({ type: fc.constant('number' as const), value: fc.integer() }),
      fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
      fc.record({ type: fc.constant('text' as const), value: word }),
      fc.record({ type: fc.constant('list' as const), value: fc.array(word, { minLength: 1 }) }),
      fc.record({
        type: fc.constant('record' as const),
        value: fc.dictionary(word, fc.string(), { noNullPrototype: true }),
      }),
      fc.constant({ type: 'json' as const, value: { top_a: 0.2, nested: { list: [1, null, 'x'] } } }),
    )
    fc.assert(
      fc.property(values, ({ type, value }) => {
        assert.deepEqual(parseField(field(type), formatField(value)), { kind: 'value', value })
      }),
    )
  })

  it('is empty where it is optional, and a problem where it is needed', () => {
    assert.deepEqual(parseField(field('text'), '  '), { kind: 'empty' })
    assert.deepEqual(parseField(field('text', { required: true }), ' '), {
      kind: 'problem',
      problem: 'X is needed.',
    })
  })

  for (const [type, text, problem] of [
    ['number', 'many', 'Enter a number.'],
    ['boolean', 'perhaps', 'Enter true or false.'],
    ['choice', 'c', 'One of: a, b.'],
    ['record', '{"a": 1}', 'Every value must be text in quotes.'],
    ['json', '[1]', 'Write it as JSON, such as {"top_a": 0.2}.'],
    ['json', '{a: 1}', 'Write it as JSON, such as {"top_a": 0.2}.'],
    ['record', 'a=1', 'Write it as JSON, such as {"X-Team": "research"}.'],
    ['url', 'ftp://host', 'Start with http:// or https://.'],
  ] as const) {
    it(`says what is wrong with ${type} “${text}”`, () => {
      const parsed = parseField(field(type, { options: ['a', 'b'] }), text)
      assert.deepEqual(parsed, { kind: 'problem', problem })
    })
  }
})

describe('an address', () => {
  for (const good of ['http://localhost:8000/v1', 'https://api.test', 'HTTPS://API.TEST/v1']) {
    it(`may be ${good}`, () => assert.equal(checkUrl(good), undefined))
  }
  for (const bad of ['localhost:8000', 'file:///etc/passwd', 'https://', 'https://user:pass@host', '']) {
    it(`may not be “${bad}”`, () => assert.notEqual(checkUrl(bad), undefined))
  }
})
