import assert from 'node:assert/strict'
import { createTurnQueue } from '../../../src/core/turnQueue.js'
import { settle } from '../../fakes/manualClock.js'

describe('the queue for turns', () => {
  it('gives turns in the order in which they were asked for, each key apart', async () => {
    const queue = createTurnQueue()
    const order: string[] = []
    const { signal } = new AbortController()
    const ends: (() => void)[] = []
    for (const name of ['a1', 'a2', 'b1', 'a3']) {
      void queue.take(name.slice(0, 1), signal).then((end) => ends.push(end) && order.push(name))
    }
    await settle()
    assert.deepEqual(order, ['a1', 'b1'])
    ends[0]?.()
    await settle()
    assert.deepEqual(order, ['a1', 'b1', 'a2'])
    ends[2]?.()
    ends[2]?.()
    await settle()
    assert.deepEqual(order, ['a1', 'b1', 'a2', 'a3'])
    for (const end of ends) end()
    assert.deepEqual([queue.isFree('a'), queue.isFree('b')], [true, true])
  })

  it('gives no second turn to whoever ends the first one twice', async () => {
    const queue = createTurnQueue()
    const { signal } = new AbortController()
    const end = await queue.take('a', signal)
    end()
    const second = await queue.take('a', signal)
    end()
    let hasBegun = false
    const third = queue.take('a', signal).then(() => (hasBegun = true))
    await settle()
    assert.equal(hasBegun, false)
    second()
    assert.equal(await third, true)
  })

  it('lets one who is cancelled leave, wherever it stands', async () => {
    const queue = createTurnQueue()
    const first = await queue.take('a', new AbortController().signal)
    const leaving = new AbortController()
    const second = queue.take('a', leaving.signal)
    const third = queue.take('a', new AbortController().signal)
    leaving.abort(new Error('gone'))
    await assert.rejects(second, /gone/)
    first()
    const end = await third
    assert.equal(queue.isFree('a'), false)
    end()
    assert.equal(queue.isFree('a'), true)
    await assert.rejects(queue.take('a', leaving.signal), /gone/)
    assert.equal(queue.isFree('a'), true)
  })
})
