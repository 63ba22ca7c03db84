import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { reasoningEfforts } from '../../../../src/core/chat.js'
import { nearestEffort } from '../../../../src/providers/shared/effort.js'

describe('nearestEffort', () => {
  for (const [wanted, offered, expected] of [
    ['low', ['low', 'medium', 'high'], 'low'],
    ['none', ['low', 'medium'], 'low'],
    ['minimal', ['none', 'low'], 'low'],
    ['max', ['low', 'medium', 'high', 'xhigh'], 'xhigh'],
    ['max', ['high', 'max', 'xhigh'], 'max'],
    ['high', ['high'], 'high'],
    ['medium', ['low', 'high'], 'high'],
    ['medium', ['default'], undefined],
    ['medium', [], undefined],
  ] as const) {
    it(`is ${expected} for ${wanted} where there is ${offered.join(', ') || 'nothing'}`, () => {
      assert.equal(nearestEffort(wanted, { reasoningEfforts: offered }, ['medium']), expected)
    })
  }

  it('assumes levels only of a model that does not say', () => {
    assert.equal(nearestEffort('max', {}, ['low', 'high']), 'high')
    assert.equal(nearestEffort('max', { reasoningEfforts: ['low'] }, ['low', 'high']), 'low')
  })

  it('is always one that is offered', () => {
    const names = fc.subarray(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'], { minLength: 1 })
    fc.assert(
      fc.property(fc.constantFrom(...reasoningEfforts), names, (wanted, offered) => {
        const found = nearestEffort(wanted, { reasoningEfforts: offered }, [])
        assert.ok(found !== undefined && offered.includes(found))
        if (offered.includes(wanted)) assert.equal(found, wanted)
      }),
    )
  })
})
