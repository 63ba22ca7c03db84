import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { dayMs, hourMs } from '../../../../src/core/durations.js'
import { createSeries, halfLifeMs, slotMs } from '../../../../src/core/usage/series.js'
import type { Summary } from '../../../../src/core/usage/summary.js'

const start = Date.UTC(2026, 0, 1)

const count = (summary: Summary, weight: number): void => void (summary.counts.attempts += weight)

describe('series', () => {
  it('holds the last hour as it was, and fades what came before by half in three days', () => {
    const series = createSeries()
    series.at(start, start, count)
    assert.equal(series.recent(start + 50 * 60_000).counts.attempts, 1)
    assert.equal(series.recent(start + hourMs).counts.attempts, 0)
    assert.equal(series.history(start + hourMs).counts.attempts, 1)
    series.at(start + halfLifeMs, start + halfLifeMs, count)
    series.recent(start + halfLifeMs + hourMs)
    assert.equal(series.history(start + halfLifeMs + hourMs).counts.attempts, 1.5)
  })

  it('says the same whatever the order in which it was told', () => {
    const ages = fc.array(fc.integer({ min: 0, max: 30 * dayMs }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(ages, (told) => {
        const [forwards, backwards] = [createSeries(), createSeries()]
        for (const age of told) forwards.at(start - age, start, count)
        for (const age of told.toReversed()) backwards.at(start - age, start, count)
        const sum = (part: 'recent' | 'history', series: typeof forwards): number =>
          series[part](start).counts.attempts
        assert.equal(sum('recent', forwards), sum('recent', backwards))
        const latest = Math.max(1, sum('history', forwards))
        assert.ok(Math.abs(sum('history', forwards) - sum('history', backwards)) < 1e-6 * latest)
      }),
    )
  })

  it('says the same of attempts told as they came and of the same attempts told at the end', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 3 * hourMs }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(pauses, (told) => {
        const [live, rebuilt] = [createSeries(), createSeries()]
        let now = start
        const times = told.map((pause) => (now += pause))
        for (const at of times) live.at(at, at, count)
        for (const at of times) rebuilt.at(at, now, count)
        assert.equal(live.recent(now).counts.attempts, rebuilt.recent(now).counts.attempts)
        const [a, b] = [live.history(now).counts.attempts, rebuilt.history(now).counts.attempts]
        assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, b), `${a} live, ${b} rebuilt`)
      }),
    )
  })

  it('loses nothing and goes on when the clock is put forward by a year and back again', () => {
    const series = createSeries()
    const year = 365 * dayMs
    series.at(start, start, count)
    series.at(start + year, start + year, count)
    series.at(start + 1, start + 1, count)
    const total = series.recent(start + 1).counts.attempts + series.history(start + 1).counts.attempts
    assert.equal(total, 3)
    series.recent(start + 2 * hourMs)
    assert.ok(series.history(start + 2 * hourMs).counts.attempts > 2.9)
  })

  it('counts what a clock ahead has told as of now', () => {
    const series = createSeries()
    series.at(start + 5 * hourMs, start, count)
    assert.equal(series.recent(start).counts.attempts, 1)
  })

  it('changes its version when an attempt comes or leaves the last hour, and at no other time', () => {
    const series = createSeries()
    const empty = series.version(start)
    assert.equal(series.version(start + dayMs), empty)
    series.at(start + dayMs, start + dayMs, count)
    const told = series.version(start + dayMs)
    assert.notEqual(told, empty)
    assert.equal(series.version(start + dayMs + slotMs), told)
    assert.notEqual(series.version(start + 26 * hourMs), told)
  })
})
