import assert from 'node:assert/strict'
import { type ErrorCode, ModelError } from '../../../../src/core/errors.js'
import { createBreaker } from '../../../../src/core/routing/breaker.js'
import { type CircuitStore, createMemoryCircuitStore } from '../../../../src/core/routing/circuitStore.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const model = { connection: 'work', id: 'm' }

function failure(code: ErrorCode = 'overloaded', retryAfterMs?: number): ModelError {
  return new ModelError({
    code,
    message: 'It failed.',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function setUp(store: CircuitStore = createMemoryCircuitStore()) {
  const clock = createManualClock()
  const log = createMemoryLog()
  const open = () => createBreaker({ store, clock, log })
  const breaker = open()
  const fail = (times: number, error = failure()) => {
    for (let at = 0; at < times; at++) breaker.fail(model, error)
  }
  return { clock, log, breaker, open, fail }
}

describe('the circuit breaker', () => {
  it('opens after five failures in a row, not after four and a success', () => {
    const { breaker, fail } = setUp()
    fail(4)
    breaker.succeed(model)
    fail(4)
    assert.equal(breaker.obstacle(model), undefined)
    fail(1)
    assert.deepEqual(breaker.obstacle(model), {
      code: 'circuit-open',
      message: 'work/m failed 5 times in a row (overloaded) and is tried again in 15 s',
      until: Date.UTC(2026, 0, 1, 0, 0, 15),
    })
    assert.equal(breaker.obstacle({ connection: 'work', id: 'other' }), undefined)
  })

  it('lets one request try it after its time, and closes when that one succeeds', async () => {
    const { breaker, clock, fail } = setUp()
    fail(5)
    await clock.advance(15_000)
    assert.equal(breaker.obstacle(model), undefined)
    assert.equal(breaker.admit(model), undefined)
    assert.match(breaker.admit(model)?.message ?? '', /one request is trying it now/)
    assert.equal(breaker.obstacle(model)?.code, 'circuit-open')
    breaker.succeed(model)
    assert.deepEqual([breaker.admit(model), breaker.obstacle(model)], [undefined, undefined])
  })

  it('stays open twice as long each time that the try fails, up to a minute', async () => {
    const { breaker, clock, fail } = setUp()
    fail(5)
    const seconds: number[] = []
    for (let round = 0; round < 7; round++) {
      const until = breaker.obstacle(model)?.until ?? 0
      seconds.push((until - clock.now()) / 1_000)
      await clock.advance(until - clock.now())
      assert.equal(breaker.admit(model), undefined)
      breaker.fail(model, failure())
    }
    assert.deepEqual(seconds, [15, 30, 60, 60, 60, 60, 60])
  })

  it('does not grow by the failures of requests that were under way when it opened', () => {
    const { breaker, clock, fail } = setUp()
    fail(50)
    assert.equal(breaker.obstacle(model)?.until, clock.now() + 15_000)
  })

  it('lets another request try it where the first one was cancelled, or was never heard of again', async () => {
    const { breaker, clock, fail } = setUp()
    fail(5)
    await clock.advance(15_000)
    breaker.admit(model)
    breaker.release(model)
    assert.equal(breaker.admit(model), undefined)
    assert.notEqual(breaker.admit(model), undefined)
    await clock.advance(120_000)
    assert.equal(breaker.admit(model), undefined)
  })

  it('leaves a model alone as long as its Retry-After says, from the first failure on', async () => {
    const { breaker, clock, fail } = setUp()
    fail(1, failure('rate-limited', 20_000))
    fail(1, failure('rate-limited', 5_000))
    assert.equal(breaker.obstacle(model)?.code, 'cooling-down')
    assert.match(breaker.obstacle(model)?.message ?? '', /left alone for another 20 s \(rate-limited\)/)
    await clock.advance(19_999)
    assert.notEqual(breaker.admit(model), undefined)
    await clock.advance(1)
    assert.equal(breaker.admit(model), undefined)
  })

  it('keeps a Retry-After though another answer comes meanwhile', () => {
    const { breaker, fail } = setUp()
    fail(5, failure('rate-limited', 20_000))
    breaker.succeed(model)
    assert.equal(breaker.obstacle(model)?.code, 'cooling-down')
    assert.match(breaker.obstacle(model)?.message ?? '', /20 s/)
  })

  it('lets one request come first when a Retry-After is over', async () => {
    const { breaker, clock, fail } = setUp()
    fail(1, failure('rate-limited', 1_000))
    await clock.advance(1_000)
    assert.deepEqual([breaker.admit(model), breaker.admit(model)?.code], [undefined, 'circuit-open'])
    breaker.succeed(model)
    assert.deepEqual([breaker.admit(model), breaker.admit(model)], [undefined, undefined])
  })

  it('forgets failures after ten minutes', async () => {
    const { breaker, clock, fail } = setUp()
    fail(4)
    await clock.advance(600_001)
    fail(1)
    assert.equal(breaker.obstacle(model), undefined)
  })

  it('is not stuck when the clock is set back a day', () => {
    const { breaker, clock, fail } = setUp()
    fail(5)
    clock.jump(-86_400_000)
    assert.equal(breaker.obstacle(model), undefined)
    assert.equal(breaker.admit(model), undefined)
  })

  it('keeps a Retry-After to the second however the clock is set', async () => {
    for (const jump of [3_600_000, -3_600_000, 86_400_000, -86_400_000]) {
      const { breaker, clock, fail } = setUp()
      fail(1, failure('rate-limited', 20_000))
      clock.jump(jump)
      await clock.advance(19_999)
      assert.equal(breaker.admit(model)?.code, 'cooling-down', `${jump}`)
      await clock.advance(1)
      assert.equal(breaker.admit(model), undefined, `${jump}`)
    }
  })

  it('does not make an hour of 20 seconds in a window that starts after the clock was set back', () => {
    const { clock, open, fail } = setUp()
    fail(1, failure('rate-limited', 20_000))
    clock.jump(-3_600_000)
    assert.equal(open().obstacle(model), undefined)
  })

  it('is one for all windows, within half a second', async () => {
    const { breaker, clock, fail, open } = setUp()
    const other = open()
    assert.equal(other.obstacle(model), undefined)
    fail(5)
    await clock.advance(500)
    assert.equal(other.obstacle(model)?.code, 'circuit-open')
    await clock.advance(14_500)
    assert.deepEqual([breaker.admit(model), other.admit(model)?.code], [undefined, 'circuit-open'])
    breaker.succeed(model)
    await clock.advance(500)
    assert.equal(other.admit(model), undefined)
  })

  it('goes on in its own memory while the store fails, and says so once', () => {
    const fails = () => {
      throw new ModelError({ code: 'not-saved', message: 'The disk is full.' })
    }
    const { breaker, fail, log } = setUp({ load: fails, change: fails })
    fail(5)
    assert.equal(breaker.obstacle(model)?.code, 'circuit-open')
    assert.equal(log.lines.length, 1)
    assert.match(log.lines[0] ?? '', /not shared with other windows.*disk is full/)
  })
})
