import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createPacer, fullBatch, openingWaitsMs, partIntervalMs } from '../../../src/vscode/pacing.js'

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

/** What VS Code takes for itself before it sends parts on. */
const batchMs = 30

/** VS Code's side: sends on what has gathered after a while without another part, or when there is a full batch. */
function createTestHost(timers: ReturnType<typeof createManualTimers>) {
  const sent: Reported[] = []
  const gathered: string[] = []
  let timer: { dispose(): void } | undefined
  const send = () => {
    timer?.dispose()
    for (const part of gathered.splice(0)) if (part !== '') sent.push({ at: timers.now(), part })
  }
  return {
    sent,
    report(part: string) {
      timer?.dispose()
      gathered.push(part)
      if (gathered.length >= fullBatch) send()
      else timer = timers.schedule(send, batchMs)
    },
  }
}

function createTestPacer() {
  const timers = createManualTimers()
  const host = createTestHost(timers)
  const reported: Reported[] = []
  const pacer = createPacer<string>({
    report: (part) => {
      reported.push({ at: timers.now(), part })
      host.report(part)
    },
    join: (kind, text) => `${kind}:${text}`,
    filler: '',
    now: () => timers.now(),
    schedule: (callback, ms) => timers.schedule(callback, ms),
  })
  return { timers, reported, pacer, sent: host.sent }
}

const plain = (text: string) => text.slice('text:'.length)

describe('createPacer', () => {
  it('passes the first text on at once', () => {
    const { sent, pacer } = createTestPacer()
    pacer.text('text', 'Hello')
    assert.deepEqual(sent, [{ at: 0, part: 'text:Hello' }])
  })

  it('leaves the first reasoning to VS Code: an empty text would end it', () => {
    const { reported, pacer } = createTestPacer()
    pacer.text('reasoning', 'hm')
    assert.deepEqual(reported, [{ at: 0, part: 'reasoning:hm' }])
  })

  it('waits a little longer with every text of the opening, and fills no batch after it', () => {
    const { timers, reported, pacer } = createTestPacer()
    for (let count = 0; count < 8; count += 1) {
      pacer.text('text', `${count}`)
      timers.advance(100)
    }
    const at = (count: number) => count * 100 + (openingWaitsMs[count] ?? 0)
    assert.deepEqual(
      reported.filter(({ part }) => part !== ''),
      Array.from({ length: 8 }, (_, count) => ({ at: at(count), part: `text:${count}` })),
    )
    const fillers = reported.filter(({ part }) => part === '')
    assert.equal(fillers.length, openingWaitsMs.length * (fullBatch - 1))
  })

  it('joins what arrives within the interval into one part', () => {
    const { timers, reported, pacer } = createTestPacer()
    for (const _ of openingWaitsMs) {
      pacer.text('text', '-')
      timers.advance(100)
    }
    const opened = reported.length
    for (const text of ['a', 'b', 'c', 'd']) {
      pacer.text('text', text)
      timers.advance(10)
    }
    const start = openingWaitsMs.length * 100
    assert.deepEqual(reported.slice(opened), [
      { at: start, part: 'text:a' },
      { at: start + partIntervalMs, part: 'text:bcd' },
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
    const { timers, sent, pacer } = createTestPacer()
    pacer.text('text', 'a')
    pacer.text('text', 'b')
    pacer.dispose()
    timers.advance(1000)
    assert.deepEqual(sent, [{ at: 0, part: 'text:a' }])
    assert.equal(timers.waiting(), 0)
  })

  it('shows the first text at once and lets no later gap exceed 62 ms, whatever a steady model’s speed', () => {
    const speeds = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(speeds, (tokenMs) => {
        const { timers, sent, pacer } = createTestPacer()
        for (let count = 0; count < 100; count += 1) {
          pacer.text('text', 'x')
          timers.advance(tokenMs)
        }
        assert.equal(sent[0]?.at, 0)
        sent.slice(1).forEach(({ at }, index) => {
          assert.ok(at - sent[index]!.at <= partIntervalMs + batchMs, `${at - sent[index]!.at} ms`)
        })
      }),
    )
  })

  it('loses nothing, and keeps nothing from VS Code longer than the interval', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(gaps, (waits) => {
        const { timers, sent, pacer } = createTestPacer()
        const pushedAt: number[] = []
        waits.forEach((wait, index) => {
          timers.advance(wait)
          pushedAt.push(timers.now())
          pacer.text('text', `${index},`)
        })
        timers.advance(partIntervalMs + batchMs)
        assert.equal(
          sent.map(({ part }) => plain(part)).join(''),
          waits.map((_, index) => `${index},`).join(''),
        )
        for (const [index, at] of pushedAt.entries()) {
          const found = sent.find(({ part }) => plain(part).split(',').includes(String(index)))
          assert.ok(found !== undefined && found.at - at <= partIntervalMs + batchMs)
        }
      }),
    )
  })
})
