import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { createClock } from '../../../src/platform/clock.js'

describe('clock', () => {
  const clock = createClock()

  it('tells the time of day and a time that only grows', () => {
    const before = Date.now()
    const now = clock.now()
    assert.ok(before <= now && now <= Date.now())
    const first = clock.monotonic()
    assert.ok(clock.monotonic() >= first)
  })

  it('sleeps at least as long as it is told', async () => {
    const begun = clock.monotonic()
    await clock.sleep(30)
    assert.ok(clock.monotonic() - begun >= 29)
  })

  it('wakes at once, with the reason, when it is aborted', async () => {
    const reason = new Error('enough')
    const stop = new AbortController()
    const begun = clock.monotonic()
    const slept = clock.sleep(60_000, stop.signal)
    stop.abort(reason)
    await assert.rejects(slept, (error) => error === reason)
    assert.ok(clock.monotonic() - begun < 60_000)
  })

  it('does not fall asleep for a signal that has aborted', async () => {
    await assert.rejects(clock.sleep(60_000, AbortSignal.abort(new Error('enough'))), /enough/)
  })

  it('does not take a delay that is too long for a timer as none', async () => {
    const stop = new AbortController()
    let isAwake = false
    const slept = clock.sleep(2 ** 40, stop.signal).then(
      () => (isAwake = true),
      () => {},
    )
    await clock.sleep(20)
    assert.equal(isAwake, false)
    stop.abort()
    await slept
  })

  it('does not sleep for a delay of nothing, a negative one or none at all', async () => {
    for (const ms of [0, -5, Number.NaN]) assert.equal(await clock.sleep(ms), undefined)
  })

  it('rings after a while, once, and not where it is told before', async () => {
    const rung: string[] = []
    clock.alarm(5, () => void rung.push('early'))
    const stop = clock.alarm(6, () => void rung.push('stopped'))
    clock.alarm(2 ** 40, () => void rung.push('late'))()
    stop()
    await clock.sleep(30)
    assert.deepEqual(rung, ['early'])
  })

  it('leaves no listener on a signal that outlives it', async () => {
    const stop = new AbortController()
    await clock.sleep(1, stop.signal)
    assert.deepEqual(getEventListeners(stop.signal, 'abort'), [])
  })
})
