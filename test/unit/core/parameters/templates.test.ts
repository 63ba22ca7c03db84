import assert from 'node:assert/strict'
import { findTemplate, parameterTemplates } from '../../../../src/core/parameters/templates.js'

describe('findTemplate', () => {
  it('knows the five templates, and each sets something', () => {
    assert.deepEqual(
      parameterTemplates.map(({ name }) => name),
      ['precise', 'balanced', 'creative', 'coding', 'longContext'],
    )
    for (const { name } of parameterTemplates) {
      assert.ok(Object.keys(findTemplate(name, {}) ?? {}).length > 0, name)
    }
  })

  it('prefers the user’s template of the same name, as a whole', () => {
    assert.deepEqual(findTemplate('coding', { coding: { topK: 3 } }), { topK: 3 })
  })

  it('takes no inherited property for a template', () => {
    assert.equal(findTemplate('constructor', {}), undefined)
    assert.equal(findTemplate('toString', { mine: {} }), undefined)
  })
})
