import assert from 'node:assert/strict'
import { createLockGate, mostBlockedMs } from '../../../../src/platform/sqlite/lockGate.js'
import { createManualClock } from '../../../fakes/manualClock.js'

const busy = (): Error => Object.assign(new Error('database is locked'), { errcode: 5 })

/** A lock that another program holds until the test takes it away, and the time for which the event loop was blocked. */
function createLockedFile() {
  const clock = createManualClock()
  const state = { isHeld: true, blockedMs: 0, tries: 0 }
  const work = () => {
    state.tries++
    if (state.isHeld) throw busy()
    return 'written'
  }
  const gate = createLockGate({ clock, probe: () => void work(), block: (ms) => (state.blockedMs += ms) })
  const write = (): string => {
    try {
      return work()
    } catch (error) {
      return gate.retry(error, work)
    }
  }
  return { clock, state, gate, write }
}

describe('the gate before a locked database', () => {
  it('blocks the event loop for an eighth of a second in all, however many statements meet the lock', () => {
    const { state, gate, write } = createLockedFile()
    for (let statement = 0; statement < 50; statement++) assert.throws(write, /locked/)
    assert.ok(state.blockedMs <= mostBlockedMs + 5, `${state.blockedMs} ms`)
    assert.ok(gate.isLocked)
    const { tries } = state
    assert.throws(write, /locked/)
    assert.equal(state.tries, tries + 1)
  })

  it('waits without blocking, and announces that the lock has gone', async () => {
    const { clock, state, gate, write } = createLockedFile()
    assert.throws(write)
    const events: string[] = []
    gate.onDidUnlock(() => void events.push('unlocked'))
    const waiting = gate.unlocked().then(() => void events.push('resolved'))
    const { blockedMs } = state
    await clock.advance(30_000)
    assert.deepEqual(events, [])
    state.isHeld = false
    await clock.advance(1_000)
    await waiting
    assert.deepEqual(events, ['unlocked', 'resolved'])
    assert.deepEqual([gate.isLocked, state.blockedMs, write()], [false, blockedMs, 'written'])
  })

  it('ends a wait with its signal, and every wait when it is disposed of', async () => {
    const { clock, gate, write } = createLockedFile()
    assert.throws(write)
    const stop = new AbortController()
    const left = gate.unlocked(stop.signal)
    const staying = gate.unlocked()
    stop.abort(new Error('enough'))
    await assert.rejects(left, /enough/)
    await assert.rejects(gate.unlocked(stop.signal), /enough/)
    gate.dispose()
    await staying
    assert.equal(clock.sleeping(), 0)
  })

  it('retries nothing but what a lock has failed', () => {
    const { state, gate } = createLockedFile()
    const damaged = Object.assign(new Error('malformed'), { errcode: 11 })
    assert.throws(
      () => gate.retry(damaged, () => 'written'),
      (error) => error === damaged,
    )
    assert.deepEqual([state.blockedMs, gate.isLocked], [0, false])
  })
})
