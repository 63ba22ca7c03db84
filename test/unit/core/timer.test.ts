import assert from 'node:assert/strict'
import { createTimer } from '../../../src/core/timer.js'
import { createManualClock } from '../../fakes/manualClock.js'

describe('timer', () => {
  it('fires once, after the latest time that was set', async () => {
    const clock = createManualClock()
    const times: number[] = []
    const timer = createTimer(clock, () => times.push(clock.monotonic()))
    timer.set(1_000)
    timer.set(3_000)
    await clock.advance(10_000)
    assert.deepEqual(times, [3_000])
  })

  it('does not fire once it is cleared or disposed of, and leaves no sleeper behind', async () => {
    const clock = createManualClock()
    let fired = 0
    const timer = createTimer(clock, () => fired++)
    timer.set(1_000)
    timer.set(undefined)
    timer.set(2_000)
    timer.dispose()
    await clock.advance(10_000)
    assert.deepEqual([fired, clock.sleeping()], [0, 0])
  })
})
