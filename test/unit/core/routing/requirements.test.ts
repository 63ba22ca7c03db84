import assert from 'node:assert/strict'
import { mergeRequirements, type Requirements } from '../../../../src/core/routing/requirements.js'

function merge(a: Requirements, b: Requirements): Requirements {
  // Without what is undefined.
  return JSON.parse(JSON.stringify(mergeRequirements(a, b)))
}

describe('mergeRequirements', () => {
  it('keeps the stricter of each, whoever says it', () => {
    const route: Requirements = { minContextTokens: 1_000, maxCost: 0.5, maxLatencyMs: 300 }
    const request: Requirements = { minContextTokens: 8_000, maxCost: 0.9, maxPricePer1kTokens: 0.01 }
    const both = { minContextTokens: 8_000, maxCost: 0.5, maxLatencyMs: 300, maxPricePer1kTokens: 0.01 }
    assert.deepEqual(merge(route, request), both)
    assert.deepEqual(merge(request, route), both)
  })

  it('wants every ability that either wants, once', () => {
    const merged = merge(
      { capabilities: ['toolCalling'], features: ['seed'] },
      { capabilities: ['toolCalling', 'reasoning'] },
    )
    assert.deepEqual(merged, { capabilities: ['toolCalling', 'reasoning'], features: ['seed'] })
  })

  it('never lets a request undo “local only”', () => {
    assert.equal(mergeRequirements({ privacy: 'local' }, {}).privacy, 'local')
    assert.equal(mergeRequirements({}, { privacy: 'local' }).privacy, 'local')
  })

  it('takes the category that the request wants', () => {
    assert.equal(mergeRequirements({ category: 'powerful' }, { category: 'versatile' }).category, 'versatile')
    assert.equal(mergeRequirements({ category: 'powerful' }, {}).category, 'powerful')
  })
})
