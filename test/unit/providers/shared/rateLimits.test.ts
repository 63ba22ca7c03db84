import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { readRateLimits } from '../../../../src/providers/shared/rateLimits.js'

const now = Date.UTC(2026, 10, 20, 12)
const read = (headers: Readonly<Record<string, string>>) => readRateLimits(new Headers(headers), now)

describe('readRateLimits', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'tokens-constructor', '__proto__-day']) {
    it(`takes x-ratelimit-remaining-${name} for no limit`, () => {
      assert.equal(read({ [`x-ratelimit-remaining-${name}`]: '5', [`x-ratelimit-${name}`]: '5' }), undefined)
    })
  }

  it('keeps the windows of one unit apart', () => {
    const limits = read({
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-remaining-requests-day': '14399',
      'x-ratelimit-reset-requests-day': '33011.38',
      'x-ratelimit-limit-tokens-minute': '60000',
      'x-ratelimit-remaining-tokens-minute': '59000',
    })?.limits
    assert.deepEqual(limits, [
      { unit: 'requests', window: 'day', limit: 14_400, remaining: 14_399, resetMs: 33_011_380 },
      { unit: 'tokens', window: 'minute', limit: 60_000, remaining: 59_000 },
    ])
  })

  it('reads a reset that is a moment: a date, or seconds or milliseconds since the epoch', () => {
    const moment = now + 5000
    for (const reset of [new Date(moment).toISOString(), String(moment), String(moment / 1000)]) {
      assert.equal(read({ 'x-ratelimit-reset': reset })?.limits[0]?.resetMs, 5000, reset)
    }
  })

  it('reads every policy of the structured header', () => {
    assert.deepEqual(read({ ratelimit: '"burst";r=0;t=17, "daily";r=900' })?.limits, [
      { unit: 'requests', window: 'burst', remaining: 0, resetMs: 17_000 },
      { unit: 'requests', window: 'daily', remaining: 900 },
    ])
  })

  it('leaves out what is no figure, and says nothing where nothing is left', () => {
    const headers = {
      'x-ratelimit-limit-requests': 'many',
      'x-ratelimit-remaining-tokens': '-1',
      'x-ratelimit-limit-tokens': '1e300',
      'x-ratelimit-remaining-requests': 'Infinity',
      'x-ratelimit-remaining-input-tokens': '1000000000001',
      'x-ratelimit-limit-images': '5',
      'x-ratelimit-type': 'project',
      ratelimit: 'soon, "a";r=1e300',
    }
    assert.equal(read(headers), undefined)
    assert.equal(read({}), undefined)
  })

  it('tells a pause alone, in whichever form it comes', () => {
    const rows = [
      [{ 'retry-after': '130ms' }, 130],
      [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
      [{ 'retry-after': new Date(now + 7000).toUTCString() }, 7000],
    ] as const
    for (const [headers, retryAfterMs] of rows)
      assert.deepEqual(read(headers), { at: now, limits: [], retryAfterMs })
  })

  it('holds no figure that is negative or no number, whatever the headers say', () => {
    const names = ['x-ratelimit-limit-tokens', 'anthropic-ratelimit-tokens-reset', 'ratelimit', 'retry-after']
    const value = fc.oneof(fc.double().map(String), fc.stringMatching(/^[ -~]{0,20}$/))
    fc.assert(
      fc.property(fc.constantFrom(...names), value, (name, text) => {
        const found = read({ [name]: text })
        const figures = (found?.limits ?? []).flatMap(({ limit, remaining, resetMs }) => [
          limit,
          remaining,
          resetMs,
        ])
        for (const figure of [...figures, found?.retryAfterMs])
          assert.ok(figure === undefined || (Number.isFinite(figure) && figure >= 0), `${name}: ${text}`)
      }),
    )
  })
})
