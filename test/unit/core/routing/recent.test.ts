import assert from 'node:assert/strict'
import { conversationKeyOf, createRecentAnswers } from '../../../../src/core/routing/recent.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
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

  const routed = (facts: Parameters<typeof createAttemptRecord>[0] = {}) =>
    createAttemptRecord({ route: 'auto', caller: { door: 'languageModel', conversation: 'c' }, ...facts })
  const key = conversationKeyOf('c', 'auto')

  it('are recalled from the ledger by the time at which they ended, the latest of all windows', async () => {
    const clock = createManualClock()
    const recent = createRecentAnswers({ clock })
    const minute = 60_000
    const at = clock.now() - 20 * minute - 1_000
    recent.recall(routed({ at }))
    recent.recall(routed({ at: at - minute, model: { connection: 'work', id: 'earlier' } }))
    assert.equal(recent.modelOf(key, 20 * minute), 'work/small')
    assert.equal(recent.modelOf(key, 20 * minute - 1), undefined)
    recent.keepModel(key, 'work/now')
    recent.recall(routed({ at: at + minute }))
    assert.equal(recent.modelOf(key, minute), 'work/now')
    assert.equal(Math.round(recent.latencyOf('work/small') ?? 0), Math.round(200 * 0.5 ** (19 / 5)))
  })

  it('recall nothing of failures, of the cache, or of a model that was asked for by its name', () => {
    const recent = createRecentAnswers({ clock: createManualClock() })
    recent.recall(routed({ outcome: { kind: 'failure', code: 'timeout' } }))
    recent.recall(routed({ isCacheHit: true, number: 0 }))
    recent.recall(
      createAttemptRecord({
        caller: { door: 'languageModel', conversation: 'c' },
        model: { connection: 'w', id: 'x' },
      }),
    )
    assert.equal(recent.modelOf(key, 9e15), undefined)
    assert.equal(recent.latencyOf('work/small'), undefined)
  })

  it('follow how quick a model is now', () => {
    const recent = createRecentAnswers({ clock: createManualClock() })
    assert.equal(recent.latencyOf('work/a'), undefined)
    recent.addLatency('work/a', 1_000)
    assert.equal(recent.latencyOf('work/a'), 1_000)
    for (let answer = 0; answer < 20; answer++) recent.addLatency('work/a', 100)
    assert.ok((recent.latencyOf('work/a') ?? 0) < 101)
  })

  it('let a model that was slow once be asked again, though it is never measured meanwhile', async () => {
    const clock = createManualClock()
    const recent = createRecentAnswers({ clock })
    recent.addLatency('work/slow', 8_000)
    recent.recall(routed({ at: clock.now() - 600_000, firstPartMs: 4_000, latencyMs: 5_000 }))
    for (let minute = 0; minute < 20; minute++) {
      recent.addLatency('work/quick', 1_000)
      await clock.advance(60_000)
    }
    recent.addLatency('work/quick', 1_000)
    assert.equal(recent.latencyOf('work/quick'), 1_000)
    assert.equal(recent.latencyOf('work/slow'), 500)
    assert.equal(recent.latencyOf('work/small'), 4_000 / 2 ** (30 / 5 - 1 / 60))
  })
})
