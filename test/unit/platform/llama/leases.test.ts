import assert from 'node:assert/strict'
import { createLeases } from '../../../../src/platform/llama/leases.js'
import { createManualClock } from '../../../fakes/manualClock.js'

function start() {
  const clock = createManualClock()
  const idle: string[] = []
  const leases = createLeases(clock, (key, last) => idle.push(`${key}${last ? ' last' : ''}`))
  return { clock, idle, leases }
}

describe('leases', () => {
  it('tell of what has not been used for the time that its last user gave', async () => {
    const { clock, idle, leases } = start()
    const release = leases.hold('a', 1_000)
    await clock.advance(5_000)
    assert.deepEqual(idle, [])
    release()
    await clock.advance(999)
    assert.deepEqual(idle, [])
    await clock.advance(1)
    assert.deepEqual(idle, ['a last'])
  })

  it('wait for the last of several users, whoever releases twice', async () => {
    const { clock, idle, leases } = start()
    const first = leases.hold('a', 1_000)
    const second = leases.hold('a', 1_000)
    first()
    first()
    await clock.advance(2_000)
    assert.deepEqual(idle, [])
    second()
    await clock.advance(1_000)
    assert.deepEqual(idle, ['a last'])
  })

  it('start over when something is used again', async () => {
    const { clock, idle, leases } = start()
    leases.hold('a', 1_000)()
    await clock.advance(900)
    leases.hold('a', 1_000)()
    await clock.advance(900)
    assert.deepEqual(idle, [])
    await clock.advance(100)
    assert.deepEqual(idle, ['a last'])
  })

  it('tell one thing’s end from the end of all', async () => {
    const { clock, idle, leases } = start()
    leases.hold('a', 1_000)()
    leases.hold('b', 2_000)()
    await clock.advance(2_000)
    assert.deepEqual(idle, ['a', 'b last'])
  })

  it('are silent once they are disposed', async () => {
    const { clock, idle, leases } = start()
    leases.hold('a', 1_000)()
    const release = leases.hold('b', 1_000)
    leases.dispose()
    release()
    await clock.advance(5_000)
    assert.deepEqual(idle, [])
    assert.equal(clock.sleeping(), 0)
  })
})
