import assert from 'node:assert/strict'
import { minuteMs } from '../../../../src/core/durations.js'
import { ModelError } from '../../../../src/core/errors.js'
import { refreshInterval, retryDelay } from '../../../../src/core/registry/refreshRhythm.js'

const unreachable = new ModelError({ code: 'unreachable', message: 'Nobody is there.' })

describe('refresh rhythm', () => {
  it('asks a cloud every hour and a local server every minute', () => {
    assert.deepEqual([refreshInterval('cloud'), refreshInterval('local')], [60 * minuteMs, minuteMs])
  })

  it('doubles the pause with each failure, up to a quarter of an hour for a cloud and a minute for a local server', () => {
    const delays = (location: 'cloud' | 'local') =>
      [1, 2, 3, 4, 5, 6, 50].map((failures) => retryDelay(location, failures, unreachable) / 1_000)
    assert.deepEqual(delays('cloud'), [30, 60, 120, 240, 480, 900, 900])
    assert.deepEqual(delays('local'), [10, 20, 40, 60, 60, 60, 60])
  })

  it('waits as long as the server wishes, but never more than an hour', () => {
    const wish = (retryAfterMs: number) =>
      retryDelay('cloud', 1, new ModelError({ code: 'rate-limited', message: 'Wait.', retryAfterMs }))
    assert.deepEqual([wish(1_000), wish(5 * minuteMs), wish(1e12)], [30_000, 5 * minuteMs, 60 * minuteMs])
  })

  it('does not press a server that refuses the key', () => {
    const refused = new ModelError({ code: 'unauthorized', message: 'Wrong key.' })
    assert.equal(retryDelay('cloud', 1, refused), 60 * minuteMs)
  })
})
