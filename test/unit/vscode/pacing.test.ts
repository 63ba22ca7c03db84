import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createPacer, partIntervalMs } from '../../../src/vscode/pacing.js'

interface Reported {
  readonly at: number
  readonly part: string
}

/** Time that moves only when told to; timers fire in order of their due time. */
function createManualTimers() {
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>()
  let now = 0
  return {
    now: () => now,
    schedule(callback: () => void, ms: number) {
      const timer = { due: now + ms, callback }
      timers.add(timer)
      return { dispose: () => void timers.delete(timer) }
    },
    advance(ms: number) {
      const end = now + ms
      for (;;) {
        const next = [...timers].filter((timer) => timer.due <= end).toSorted((a, b) => a.due - b.due)[0]
        if (next === undefined) break
        timers.delete(next)
        now = next.due
        next.callback()
      }
      now = end
    },
    waiting: () => timers.size,
  }
}

function createTestPacer() {
  const timers = createManualTimers()
  const reported: Reported[] = []
  const pacer = createPacer<string>({
    report: (part) => reported.push({ at: timers.now(), part }),
    join: (kind, text) => `${kind}:${text}`,
    now: () => timers.now(),
    schedule: (callback, ms) => timers.schedule(callback, ms),
  })
  return { timers, reported, pacer }
}

describe('createPacer', () => {
  it('reports the first text at once', () => {
    const { reported, pacer } = createTestPacer()
    pacer.text('text', 'Hello')
    assert.deepEqual(reported, [{ at: 0, part: 'text:Hello' }])
  })

  it('joins what arrives within the interval into one part', () => {
    const { timers, reported, pacer } = createTestPacer()
    for (const text of ['a', 'b', 'c', 'd']) {
      pacer.text('text', text)
      timers.advance(10)
    }
    assert.deepEqual(reported, [
      { at: 0, part: 'text:a' },
      { at: partIntervalMs, part: 'text:bcd' },
    ])
  })

  it('keeps the order of text, reasoning and other parts', () => {
    const { reported, pacer } = createTestPacer()
    pacer.text('reasoning', 'hm')
    pacer.text('reasoning', 'm')
    pacer.text('text', 'so')
    pacer.part('call')
    pacer.text('text', 'then')
    pacer.flush()
    assert.deepEqual(
      reported.map(({ part }) => part),
      ['reasoning:hm', 'reasoning:m', 'text:so', 'call', 'text:then'],
    )
  })

  it('reports nothing more after it is disposed', () => {
    const { timers, reported, pacer } = createTestPacer()
    pacer.text('text', 'a')
    pacer.text('text', 'b')
    pacer.dispose()
    timers.advance(1000)
    assert.equal(reported.length, 1)
    assert.equal(timers.waiting(), 0)
  })

  it('never lets two reports come closer than the interval, loses nothing and delays nothing longer', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(gaps, (waits) => {
        const { timers, reported, pacer } = createTestPacer()
        const pushedAt: number[] = []
        waits.forEach((wait, index) => {
          timers.advance(wait)
          pushedAt.push(timers.now())
          pacer.text('text', `${index},`)
        })
        timers.advance(partIntervalMs)
        const texts = reported.map(({ part }) => part.slice('text:'.length))
        assert.equal(texts.join(''), waits.map((_, index) => `${index},`).join(''))
        reported.slice(1).forEach((report, index) => {
          assert.ok(report.at - reported[index]!.at >= partIntervalMs)
        })
        for (const [index, at] of pushedAt.entries()) {
          const report = reported.find(({ part }) =>
            part.slice('text:'.length).split(',').includes(String(index)),
          )
          assert.ok(report !== undefined && report.at - at <= partIntervalMs)
        }
      }),
    )
  })
})
