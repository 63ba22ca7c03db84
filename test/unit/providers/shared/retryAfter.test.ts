import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { parseDelay, readRetryAfter } from '../../../../src/providers/shared/retryAfter.js'

const now = Date.UTC(2026, 10, 20, 12)
const longest = 2 ** 31 - 1

describe('parseDelay', () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['2', 2000],
    [' 1.5 ', 1500],
    ['0', 0],
    ['-3', 0],
    ['1e12', longest],
    ['Infinity', longest],
    ['130ms', 130],
    ['34.4s', 34_400],
    ['1m30s', 90_000],
    ['6m0s', 360_000],
    ['-5s', 0],
    ['Fri, 20 Nov 2026 12:00:07 GMT', 7000],
    ['2026-11-20T12:01:00Z', 60_000],
    ['Fri, 20 Nov 2020 12:00:00 GMT', 0],
    ['NaN', undefined],
    ['soon', undefined],
    ['', undefined],
    ['2026', 2_026_000],
  ]
  for (const [text, ms] of rows) {
    it(`reads "${text}" as ${ms === undefined ? 'nothing' : `${ms} ms`}`, () => {
      assert.equal(parseDelay(text, now), ms)
    })
  }

  it('never gives what a timer cannot wait for, whatever the header says', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map(String)),
        (text) => {
          const ms = parseDelay(text, now)
          assert.ok(ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= longest), `${text}: ${ms}`)
        },
      ),
    )
  })
})

describe('readRetryAfter', () => {
  const read = (headers: Readonly<Record<string, string>>, body?: unknown) =>
    readRetryAfter(new Headers(headers), body, now)

  it('believes milliseconds before seconds', () => {
    assert.equal(read({ 'retry-after-ms': '250', 'retry-after': '9' }), 250)
  })
  it('falls back to seconds where the milliseconds are nonsense', () => {
    assert.equal(read({ 'retry-after-ms': 'x', 'retry-after': '9' }), 9000)
  })
  it('finds the delay in the body, where Google puts it', () => {
    assert.equal(read({}, { error: { details: [{ '@type': 'x' }, { retryDelay: '34.4s' }] } }), 34_400)
  })
  it('waits for the latest of the limits that are used up, and for no other', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6s',
      'x-ratelimit-remaining-days': '4',
      'x-ratelimit-reset-days': '1d',
    }
    assert.equal(read(headers), 6000)
  })
  it('understands a reset that is a moment, in seconds or milliseconds since the epoch or as a date', () => {
    for (const reset of [String(now / 1000 + 5), String(now + 5000), '2026-11-20T12:00:05Z']) {
      assert.equal(
        read({ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': reset }),
        5000,
      )
    }
  })
  it('says nothing where nothing is said', () => {
    assert.equal(read({ 'x-ratelimit-remaining-requests': '5' }, { error: {} }), undefined)
  })

  it('reads what the body says, beside the message or in its words', () => {
    const bodies: readonly (readonly [unknown, number | undefined])[] = [
      [{ retry_after: 5 }, 5000],
      [{ error: { retryAfter: '1.5' } }, 1500],
      [{ error: { metadata: { retry_after_seconds: 3 } } }, 3000],
      [{ error: { metadata: { headers: { 'X-RateLimit-Reset': String(now + 4000) } } } }, 4000],
      [{ error: { message: 'Please try again in 7.66s.' } }, 7660],
      [{ error: { message: 'Limit reached. Please try again in 1m26.4s. Need more?' } }, 86_400],
      [{ error: { message: 'Please retry after 6 seconds.' } }, 6000],
      [{ error: 'Please try again in 120ms' }, 120],
      [{ detail: 'Try again in 2 minutes' }, 120_000],
      [{ error: { message: 'Try again in a moment; 30s is usual.' } }, undefined],
      [{ error: { metadata: { headers: { 'Retry-After': null, 'x y': 'z' } } } }, undefined],
    ]
    for (const [body, ms] of bodies) assert.equal(read({}, body), ms, JSON.stringify(body))
    assert.equal(read({ 'retry-after': '2' }, { retry_after: 5 }), 2000)
  })
})
