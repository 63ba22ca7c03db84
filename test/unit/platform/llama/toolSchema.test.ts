import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { dropNulls, toGrammarSchema } from '../../../../src/platform/llama/toolSchema.js'

const nothing = { type: 'null' } as const

describe('a tool’s schema for a grammar', () => {
  it('keeps what a model is told and lets it leave out what is optional', () => {
    const schema = toGrammarSchema({
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Where', minLength: 3 },
        line: { type: 'integer', description: 'From', minimum: 1 },
      },
      required: ['path'],
    })
    assert.deepEqual(schema, {
      type: 'object',
      properties: {
        path: { type: ['string'], description: 'Where' },
        line: { oneOf: [{ type: ['integer'], description: 'From' }, nothing], description: 'From' },
      },
    })
  })

  it('follows references, merges allOf and keeps alternatives', () => {
    const schema = toGrammarSchema({
      $defs: { place: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
      type: 'object',
      required: ['at', 'both', 'either'],
      properties: {
        at: { $ref: '#/$defs/place' },
        both: {
          allOf: [{ $ref: '#/$defs/place' }, { properties: { y: { type: 'number' } }, required: ['y'] }],
        },
        either: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      },
    })
    const x = { x: { type: ['number'] } }
    assert.deepEqual(schema, {
      type: 'object',
      properties: {
        at: { type: 'object', properties: x },
        both: { type: 'object', properties: { ...x, y: { type: ['number'] } } },
        either: { oneOf: [{ type: ['string'] }, { type: 'array', items: { type: ['string'] } }] },
      },
    })
  })

  it('ends a schema that contains itself', () => {
    const schema = toGrammarSchema({
      type: 'object',
      properties: { child: { $ref: '#' }, children: { type: 'array', items: { $ref: '#/$defs/none' } } },
    })
    assert.ok(JSON.stringify(schema).length < 100_000)
  })

  it('takes any JSON for a schema without failing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (schema) => {
        assert.equal(typeof toGrammarSchema(schema), 'object')
      }),
    )
  })
})

describe('the nulls of a tool call', () => {
  const schema = {
    type: 'object',
    properties: {
      path: { type: ['string', 'null'] },
      line: { type: 'number' },
      note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      range: { type: 'object', properties: { end: { type: 'number' } } },
      many: { type: 'array', items: { type: 'object', properties: { end: { type: 'number' } } } },
    },
    required: ['path'],
  }

  it('are taken out where they stand for what was left out', () => {
    const input = {
      path: 'a',
      line: null,
      note: 'n',
      range: { end: null },
      many: [{ end: null }, { end: 2 }],
    }
    assert.deepEqual(dropNulls(input, schema), { path: 'a', note: 'n', range: {}, many: [{}, { end: 2 }] })
  })

  it('stay where the tool itself knows them', () => {
    const input = { path: null, note: null, unknown: null }
    assert.deepEqual(dropNulls(input, schema), input)
  })
})
