import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createWindows, resolveTimeZone, windowKinds } from '../../../../src/core/usage/windows.js'

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
]

const show = (kind: (typeof windowKinds)[number], zone: string, instant: string): string[] => {
  const { start, end } = createWindows(kind, zone)(Date.parse(instant))
  return [new Date(start).toISOString(), new Date(end).toISOString()]
}

describe('windows', () => {
  it('are days, weeks from Monday and months of UTC', () => {
    assert.deepEqual(show('hour', 'UTC', '2026-02-28T23:59:59.999Z'), [
      '2026-02-28T23:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ])
    assert.deepEqual(show('day', 'UTC', '2026-02-28T23:59:59.999Z'), [
      '2026-02-28T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ])
    assert.deepEqual(show('week', 'UTC', '2026-11-22T12:00:00Z'), [
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ])
    assert.deepEqual(show('month', 'UTC', '2026-12-31T12:00:00Z'), [
      '2026-12-01T00:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
    ])
  })

  it('have 23 and 25 hours on the days on which clocks change', () => {
    assert.deepEqual(show('day', 'Europe/Berlin', '2026-03-29T12:00:00Z'), [
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ])
    assert.deepEqual(show('day', 'Europe/Berlin', '2026-10-25T00:30:00Z'), [
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
  })

  it('begin with the first instant of a date whose midnight is left out', () => {
    assert.deepEqual(show('day', 'Africa/Cairo', '2026-04-24T12:00:00Z'), [
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ])
  })

  it('follow one another without gap or overlap in every zone', () => {
    const instants = fc.integer({ min: Date.UTC(2012, 0, 1), max: Date.UTC(2037, 0, 1) })
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...windowKinds),
        fc.constantFrom(...zones),
        (instant, kind, zone) => {
          const at = createWindows(kind, zone)
          const window = at(instant)
          assert.ok(window.start <= instant && instant < window.end)
          assert.deepEqual(createWindows(kind, zone)(window.start), window)
          assert.deepEqual(createWindows(kind, zone)(window.end - 1), window)
          assert.equal(createWindows(kind, zone)(window.end).start, window.end)
          assert.equal(createWindows(kind, zone)(window.start - 1).end, window.start)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('are the same before and after a jump of the clock and back', () => {
    const at = createWindows('day', 'Europe/Berlin')
    const noon = Date.parse('2026-05-05T10:00:00Z')
    const before = at(noon)
    for (const jump of [3_600_000, -3_600_000, 86_400_000, -86_400_000]) {
      at(noon + jump)
      assert.deepEqual(at(noon), before)
    }
  })

  it('are those of UTC where nobody knows the zone', () => {
    assert.equal(resolveTimeZone('Middle/Earth'), 'UTC')
    assert.equal(resolveTimeZone('local'), Intl.DateTimeFormat().resolvedOptions().timeZone)
  })
})
