import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createToolNames, sanitiseSchema } from '../../../../src/providers/shared/toolSchema.js'

const tool = (name: string) => ({ name, description: '' })

describe('sanitiseSchema', () => {
  it('gives a tool without a schema an empty object', () => {
    assert.deepEqual(sanitiseSchema(undefined), { type: 'object', properties: {} })
  })
  it('drops what only editors read, but keeps a property of that name', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: { $id: { type: 'string', markdownDescription: 'y' } },
    }
    assert.deepEqual(sanitiseSchema(schema), { type: 'object', properties: { $id: { type: 'string' } } })
  })
  it('says what an array holds, at any depth', () => {
    const schema = { type: 'object', properties: { list: { type: 'array', items: { type: 'array' } } } }
    assert.deepEqual(sanitiseSchema(schema), {
      type: 'object',
      properties: { list: { type: 'array', items: { type: 'array', items: {} } } },
    })
  })
  it('requires nothing that does not exist', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a', 'b'] }
    assert.deepEqual(sanitiseSchema(schema).required, ['a'])
  })
  it('merges alternatives at the top into one object', () => {
    const schema = {
      anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'number' } } }],
    }
    assert.deepEqual(sanitiseSchema(schema), {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' } },
    })
  })
  it('leaves literal values alone', () => {
    const schema = {
      type: 'object',
      properties: { a: { enum: ['$schema', { $id: 1 }], default: { $id: 2 } } },
    }
    assert.deepEqual(sanitiseSchema(schema), schema)
  })
  it('ends on a schema that is nested without bound', () => {
    let schema: Record<string, unknown> = {}
    for (let depth = 0; depth < 2000; depth++) schema = { items: schema }
    assert.equal(sanitiseSchema(schema).type, 'object')
  })
})

describe('createToolNames', () => {
  it('gives every name a fit one, and finds it back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 90 }), { maxLength: 12 }), (names) => {
        const wire = createToolNames(names.map(tool))
        const fit = names.map((name) => wire.toWire(name))
        for (const name of fit) assert.match(name, /^[\w-]{1,64}$/)
        assert.equal(new Set(fit).size, names.length)
        assert.deepEqual(
          fit.map((name) => wire.fromWire(name)),
          names,
        )
      }),
    )
  })
  it('keeps names that are fit, even where another would become the same', () => {
    const wire = createToolNames([tool('a.b'), tool('a_b')])
    assert.deepEqual([wire.toWire('a_b'), wire.toWire('a.b')], ['a_b', 'a_b_2'])
  })
})
