import assert from 'node:assert/strict'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { createFallbackWatch } from '../../../../src/core/usage/fallbackWatch.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'

const modelOf = (id: string): AttemptRecord['model'] => ({ connection: 'work', id })
const small = modelOf('small')
const middle = modelOf('middle')
const large = modelOf('large')
const failed = { kind: 'failure', code: 'timeout' } as const
const answered = { kind: 'success' } as const
const cancelled = { kind: 'cancelled', code: 'cancelled' } as const

describe('the watch on fallbacks', () => {
  const follow = (...steps: readonly [AttemptRecord['model'], AttemptRecord['outcome']][]) => {
    const watch = createFallbackWatch()
    return steps.map(([model, outcome], index) =>
      watch.follow(createAttemptRecord({ number: index + 1, model, outcome })),
    )
  }

  it('names the model before each other one, and all of them once one answers', () => {
    assert.deepEqual(follow([small, failed], [middle, failed], [large, answered]), [
      { rescued: [] },
      { from: small, rescued: [] },
      { from: middle, rescued: [small, middle] },
    ])
  })

  it('counts a second try of the same model as no fallback', () => {
    assert.deepEqual(follow([small, failed], [small, answered]), [{ rescued: [] }, { rescued: [] }])
  })

  it('rescues nothing where the caller cancels', () => {
    assert.deepEqual(follow([small, failed], [large, cancelled])[1], { from: small, rescued: [] })
  })

  it('keeps requests apart', () => {
    const watch = createFallbackWatch()
    watch.follow(createAttemptRecord({ requestId: 'a', model: small, outcome: failed }))
    const other = createAttemptRecord({ requestId: 'b', number: 2, model: large, outcome: answered })
    assert.deepEqual(watch.follow(other), { rescued: [] })
  })
})
