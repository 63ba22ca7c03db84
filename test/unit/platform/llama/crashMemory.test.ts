import assert from 'node:assert/strict'
import { isModelError } from '../../../../src/core/errors.js'
import { createCrashMemory } from '../../../../src/platform/llama/crashMemory.js'
import { createManualClock } from '../../../fakes/manualClock.js'

const file = { path: '/models/bad.gguf', fingerprint: '1' }

describe('the memory of crashes', () => {
  it('lets a file that never crashed through', () => {
    const crashes = createCrashMemory(createManualClock())
    assert.doesNotThrow(() => crashes.check(file))
  })

  it('rests a file for half a minute after its first crash, and twice as long after each further one', async () => {
    const clock = createManualClock()
    const crashes = createCrashMemory(clock)
    for (const rest of [30_000, 60_000, 120_000]) {
      crashes.record(file)
      await clock.advance(rest - 1)
      assert.throws(() => crashes.check(file), /bad\.gguf .* not tried again for 1 s/)
      await clock.advance(1)
      assert.doesNotThrow(() => crashes.check(file))
    }
  })

  it('says when the file may be tried again', () => {
    const crashes = createCrashMemory(createManualClock())
    crashes.record(file)
    assert.throws(
      () => crashes.check(file),
      (error) => isModelError(error) && error.code === 'engine-failed' && error.retryAfterMs === 30_000,
    )
  })

  it('never rests a file for more than ten minutes', async () => {
    const clock = createManualClock()
    const crashes = createCrashMemory(clock)
    for (let count = 0; count < 20; count++) crashes.record(file)
    await clock.advance(600_000)
    assert.doesNotThrow(() => crashes.check(file))
  })

  it('lets a file through that was replaced, and every other file', () => {
    const crashes = createCrashMemory(createManualClock())
    crashes.record(file)
    assert.doesNotThrow(() => crashes.check({ ...file, fingerprint: '2' }))
    assert.doesNotThrow(() => crashes.check({ path: '/models/good.gguf', fingerprint: '1' }))
    assert.throws(() => crashes.check(file))
  })
})
