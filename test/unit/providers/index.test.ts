import assert from 'node:assert/strict'
import { providers } from '../../../src/providers/index.js'

describe('the table of providers', () => {
  it('names each provider once, in ids that settings can hold', () => {
    const ids = providers.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[a-z][a-z-]*$/)
  })
  it('has no insecure default address for a key that is required, and says where to make the key', () => {
    for (const { id, baseUrl, key } of providers) {
      if (key?.required !== true) continue
      if (baseUrl !== undefined) assert.match(baseUrl, /^https:\/\//, id)
      assert.match(key.url ?? '', /^https:\/\//, id)
      assert.ok((key.environmentVariables ?? []).length > 0, id)
      for (const name of key.environmentVariables ?? []) assert.match(name, /^[A-Z_]+$/, id)
    }
  })
  it('reads the key of Gemini from either name that Google’s own clients know', () => {
    const google = providers.find(({ id }) => id === 'google')
    assert.deepEqual(google?.key?.environmentVariables?.slice(0, 2), ['GEMINI_API_KEY', 'GOOGLE_API_KEY'])
  })
  it('reads no variable for two providers', () => {
    const names = providers.flatMap(({ key }) => key?.environmentVariables ?? [])
    assert.equal(new Set(names).size, names.length)
  })
  it('describes every provider and every field in words', () => {
    for (const { id, name, description, fields } of providers) {
      for (const text of [
        name,
        description,
        ...fields.flatMap((field) => [field.label, field.description]),
      ]) {
        assert.ok(text.trim().length > 2, id)
      }
      assert.equal(new Set(fields.map((field) => field.id)).size, fields.length, id)
    }
  })
  it('says where each maker states what it keeps', () => {
    for (const { id, dataRetention } of providers) {
      if (dataRetention === undefined) continue
      assert.match(dataRetention.note, /^[A-Z].{20,250}\.$/, id)
      assert.match(dataRetention.url, /^https:\/\//, id)
    }
  })
  it('gives every choice its options', () => {
    const choices = providers.flatMap(({ fields }) => fields.filter(({ type }) => type === 'choice'))
    for (const { id, options = [] } of choices) assert.ok(options.length > 1, id)
  })
})
