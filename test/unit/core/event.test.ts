import assert from 'node:assert/strict'
import { createEmitter } from '../../../src/core/event.js'

describe('an event', () => {
  it('calls each listener as often as it was added, until that is disposed', () => {
    const emitter = createEmitter<number>()
    const seen: number[] = []
    const listen = (value: number): void => void seen.push(value)
    const [first, second] = [emitter.event(listen), emitter.event(listen)]
    emitter.fire(1)
    first.dispose()
    first.dispose()
    emitter.fire(2)
    second.dispose()
    emitter.fire(3)
    assert.deepEqual(seen, [1, 1, 2])
  })

  it('calls nobody once it is disposed', () => {
    const emitter = createEmitter<void>()
    emitter.event(() => assert.fail('was called'))
    emitter.dispose()
    emitter.fire()
  })

  it('goes on with the others where a listener throws, and tells what was thrown', () => {
    const errors: unknown[] = []
    const emitter = createEmitter<string>((error) => void errors.push(error))
    const broken = new Error('broken')
    const seen: string[] = []
    emitter.event(() => {
      throw broken
    })
    emitter.event((value) => void seen.push(value))
    emitter.fire('news')
    assert.deepEqual([seen, errors], [['news'], [broken]])
  })

  it('leaves what was thrown to the host where nobody takes it', async () => {
    const emitter = createEmitter<void>()
    const broken = new Error('broken')
    emitter.event(() => {
      throw broken
    })
    // Mocha’s own listener would fail this test.
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    try {
      const thrown = new Promise((resolve) => void process.once('uncaughtException', resolve))
      emitter.fire()
      assert.equal(await thrown, broken)
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })

  it('calls those who listened when it was fired', () => {
    const emitter = createEmitter<void>()
    let late = 0
    emitter.event(() => void emitter.event(() => void late++))
    emitter.fire()
    assert.equal(late, 0)
    emitter.fire()
    assert.equal(late, 1)
  })
})
