import assert from 'node:assert/strict'
import { toGeminiSchema } from '../../../../src/providers/google/schema.js'

const propertiesOf = (schema: Record<string, unknown>) =>
  Object(toGeminiSchema({ type: 'object', properties: { it: schema } })).properties.it

describe('tool schemas for Gemini', () => {
  it('keep what Gemini reads, and lose every keyword that it refuses', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        path: {
          type: 'string',
          description: 'Where',
          format: 'uri',
          pattern: '^/',
          minLength: 1,
          default: '/',
        },
        depth: { type: 'integer', minimum: 1, maximum: 9, multipleOf: 2, examples: [3] },
      },
      patternProperties: { '^x-': { type: 'string' } },
      required: ['path', 'nothing'],
      additionalProperties: false,
      if: { properties: { path: { const: '/' } } },
    }
    assert.deepEqual(toGeminiSchema(schema), {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Where' },
        depth: { type: 'integer', minimum: 1, maximum: 9 },
      },
      required: ['path'],
      additionalProperties: false,
    })
  })

  it('are an empty object for a tool without input', () => {
    assert.deepEqual(toGeminiSchema(undefined), { type: 'object', properties: {} })
  })

  it('take properties that are named as keywords for properties', () => {
    const schema = { type: 'object', properties: { enum: { type: 'string' }, const: { type: 'string' } } }
    assert.deepEqual(toGeminiSchema(schema), schema)
  })

  it('say constants as choices, and no choices but strings and numbers', () => {
    assert.deepEqual(propertiesOf({ const: 'all' }), { type: 'string', enum: ['all'] })
    assert.deepEqual(propertiesOf({ enum: [1, 2] }), { type: 'number', enum: [1, 2] })
    assert.deepEqual(propertiesOf({ type: 'boolean', const: true }), { type: 'boolean' })
    assert.deepEqual(propertiesOf({ type: 'string', enum: ['a', null] }), { type: 'string' })
  })

  it('say several types as alternatives, and leave null beside one type', () => {
    assert.deepEqual(propertiesOf({ type: ['string', 'null'] }), { type: ['string', 'null'] })
    assert.deepEqual(propertiesOf({ type: ['string', 'number'], description: 'x' }), {
      description: 'x',
      anyOf: [{ type: 'string' }, { type: 'number' }],
    })
  })

  it('join what must all hold, and make exclusive bounds bounds', () => {
    const schema = {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } } },
        { properties: { b: { type: 'number', exclusiveMinimum: 0 } } },
      ],
    }
    assert.deepEqual(propertiesOf(schema), {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number', minimum: 0 } },
    })
  })

  it('point to definitions where Gemini looks for them, with nothing beside the reference', () => {
    const schema = {
      type: 'object',
      properties: { next: { $ref: '#/definitions/node', description: 'gone' } },
      definitions: { node: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } } },
    }
    assert.deepEqual(toGeminiSchema(schema), {
      type: 'object',
      properties: { next: { $ref: '#/$defs/node' } },
      $defs: { node: { type: 'object', properties: { id: { type: 'string' } } } },
    })
  })

  it('end somewhere, however deep they go', () => {
    let schema: Record<string, unknown> = { type: 'string' }
    for (let depth = 0; depth < 200; depth++) schema = { type: 'array', items: schema }
    assert.ok(JSON.stringify(propertiesOf(schema)).length < 3_000)
  })
})
