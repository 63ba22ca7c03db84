import assert from 'node:assert/strict'
import { createRecentAnswers } from '../../../../src/core/routing/recent.js'
import { createManualClock } from '../../../fakes/manualClock.js'

describe('recent answers', () => {
  it('keep a conversation’s model until its time is over, and forget the oldest', async () => {
    const clock = createManualClock()
    const recent = createRecentAnswers({ clock, conversations: 2 })
    recent.keepModel('one', 'work/a')
    await clock.advance(1_000)
    assert.equal(recent.modelOf('one', 1_000), 'work/a')
    assert.equal(recent.modelOf('one', 999), undefined)
    recent.keepModel('two', 'work/b')
    recent.keepModel('one', 'work/c')
    recent.keepModel('three', 'work/d')
    assert.deepEqual(
      ['one', 'two', 'three'].map((conversation) => recent.modelOf(conversation, 1)),
      ['work/c', undefined, 'work/d'],
    )
  })

  it('do not mind a clock that is set', async () => {
    const clock = createManualClock()
    const recent = createRecentAnswers({ clock })
    recent.keepModel('one', 'work/a')
    clock.jump(86_400_000)
    assert.equal(recent.modelOf('one', 1_000), 'work/a')
  })

  it('follow how quick a model is now', () => {
    const recent = createRecentAnswers({ clock: createManualClock() })
    assert.equal(recent.latencyOf('work/a'), undefined)
    recent.addLatency('work/a', 1_000)
    assert.equal(recent.latencyOf('work/a'), 1_000)
    for (let answer = 0; answer < 20; answer++) recent.addLatency('work/a', 100)
    assert.ok((recent.latencyOf('work/a') ?? 0) < 101)
  })
})
