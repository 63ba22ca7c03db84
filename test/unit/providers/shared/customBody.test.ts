import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Connection, JsonObject } from '../../../../src/core/provider.js'
import { anyOpenaiCompatible } from '../../../../src/providers/index.js'
import { customiseBody, renameMembers } from '../../../../src/providers/shared/customBody.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const names = { maxOutputTokens: 'max_tokens', seed: 'seed' }
const body = { model: 'm', stream: true, max_tokens: 9, seed: 1, stream_options: { include_usage: true } }

function customise(fields: Connection['fields'], own?: JsonObject, given: JsonObject = body) {
  const context = createProviderContext({
    provider: 'openai-compatible',
    fields,
    environment: { TEAM: 'blue' },
    ...(own === undefined ? {} : { models: { m: { extraBody: own } } }),
  })
  return customiseBody(given, createModel(anyOpenaiCompatible, 'm'), context, names)
}

describe('a body that the user shapes', () => {
  it('is as it was where nothing is said', () => assert.deepEqual(customise({}), body))

  it('lacks what is omitted, by its name on the wire or by ours', () => {
    assert.deepEqual(customise({ omitParameters: ['maxOutputTokens', 'stream_options', 'unknown'] }), {
      model: 'm',
      stream: true,
      seed: 1,
    })
  })

  it('has members renamed, by either name', () => {
    const renamed = customise({
      renameParameters: { max_tokens: 'max_completion_tokens', seed: 'random_seed' },
    })
    assert.deepEqual(Object.keys(renamed), [
      'model',
      'stream',
      'max_completion_tokens',
      'random_seed',
      'stream_options',
    ])
    assert.deepEqual(customise({ renameParameters: { maxOutputTokens: 'limit' } })['limit'], 9)
  })

  it('holds the connection’s members and the model’s, which win, merged into what is there', () => {
    const merged = customise(
      { extraBody: { seed: 5, options: { a: 1, b: [1, 2] }, stream_options: { extra: true } } },
      { options: { b: [3] }, user: '${env:TEAM}' },
    )
    assert.deepEqual(merged, {
      ...body,
      seed: 5,
      stream_options: { include_usage: true, extra: true },
      options: { a: 1, b: [3] },
      user: 'blue',
    })
  })

  it('is still a stream, whatever the user says', () => {
    const shaped = customise({
      extraBody: { stream: false },
      omitParameters: ['stream'],
      renameParameters: { stream: 'x' },
    })
    assert.equal(shaped['stream'], true)
    assert.equal('x' in shaped, false)
  })

  it('may have null as a value, and a member named like one of Object’s own', () => {
    const odd: JsonObject = JSON.parse('{"user": null, "__proto__": {"a": 1}, "constructor": 1}')
    const merged = customise({ extraBody: odd })
    assert.equal(merged['user'], null)
    assert.equal(JSON.stringify(merged).includes('"__proto__":{"a":1}'), true)
    assert.equal(Object.getPrototypeOf(merged), Object.prototype)
  })

  it('is no other object’s: what was given stays as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (extra) => {
        const given = structuredClone(body)
        customise({ extraBody: extra }, extra, given)
        assert.deepEqual(given, body)
      }),
    )
  })

  it('for embeddings takes names alone', () => {
    const context = createProviderContext({
      provider: 'x',
      fields: { omitParameters: ['encoding_format'], extraBody: { temperature: 1 } },
    })
    assert.deepEqual(renameMembers({ input: [], encoding_format: 'float' }, context, {}), { input: [] })
  })
})
