import assert from 'node:assert/strict'
import { readServiceTier } from '../../../../src/providers/shared/serviceTier.js'

describe('a service tier', () => {
  it('is named where it is not the one that prices are for', () => {
    assert.deepEqual(['priority', 'FLEX', 'batch', 'fast'].map(readServiceTier), [
      'priority',
      'flex',
      'batch',
      'fast',
    ])
    for (const usual of ['default', 'standard', 'auto', 'on_demand', 'ON_DEMAND', '', null, undefined, 7])
      assert.equal(readServiceTier(usual), undefined)
  })
})
