import assert from 'node:assert/strict'
import { once } from 'node:events'
import * as fc from 'fast-check'
import { isModelError } from '../../../../src/core/errors.js'
import type { Database, Disposable } from '../../../../src/core/ports.js'
import { createConcurrencyLimiter } from '../../../../src/core/routing/concurrency.js'
import { createRequestTickets } from '../../../../src/core/routing/requestTickets.js'
import { createSharedSlots } from '../../../../src/core/routing/sharedSlots.js'
import { openingLines, useDatabaseFolder } from '../../../fakes/databases.js'
import { runElsewhere, startElsewhere } from '../../../fakes/elsewhere.js'
import { createManualClock, type ManualClock, settle } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

/** A window of VS Code: its own connection to the database, its own limiter. */
function openWindow(
  database: Database,
  clock: ManualClock,
  owner: string,
  limitOf: () => number | undefined,
) {
  const log = createMemoryLog()
  const tickets = createRequestTickets({ database, owner, clock })
  const slots = createSharedSlots({ tickets, limitOf, clock, log })
  const limiter = createConcurrencyLimiter({ limitOf, clock, shared: slots })
  const running = new Map<string, Disposable>()
  const failures: string[] = []
  const ask = async (name: string, signal = new AbortController().signal) => {
    try {
      running.set(name, await limiter.acquire('work', signal))
    } catch (error) {
      failures.push(isModelError(error) ? `${name} ${error.code}: ${error.message}` : String(error))
    }
  }
  const end = async (name: string) => {
    running.get(name)?.dispose()
    running.delete(name)
    await settle()
  }
  return { ask, end, running, failures, slots, log, tickets, database }
}

describe('requests at once of all windows', () => {
  const folder = useDatabaseFolder()
  let clock: ManualClock
  beforeEach(() => {
    clock = createManualClock()
  })

  const open = async (owner: string, limit: number | undefined) =>
    openWindow(await folder.open(), clock, owner, () => limit)
  const ticketsIn = (database: Database) =>
    Number(database.get('SELECT count(*) AS n FROM request_ticket')?.['n'])

  it('are no more than the limit, and those above it run in the order in which they came', async () => {
    const [a, b] = [await open('a', 2), await open('b', 2)]
    void a.ask('1')
    await settle()
    void b.ask('2')
    await settle()
    void b.ask('3')
    await settle()
    void a.ask('4')
    await clock.advance(5_000)
    assert.deepEqual([[...a.running.keys()], [...b.running.keys()]], [['1'], ['2']])
    await a.end('1')
    await clock.advance(250)
    assert.deepEqual([[...a.running.keys()], [...b.running.keys()]], [[], ['2', '3']])
    await b.end('3')
    await clock.advance(250)
    assert.deepEqual([[...a.running.keys()], [...b.running.keys()]], [['4'], ['2']])
  })

  it('leave nothing behind: no ticket, nothing that sleeps', async () => {
    const [a, b] = [await open('a', 1), await open('b', 1)]
    await a.ask('1')
    const caller = new AbortController()
    const cancelled = b.ask('2', caller.signal)
    await clock.advance(1_000)
    caller.abort()
    await cancelled
    assert.match(b.failures.join(), /^2 cancelled/)
    await a.end('1')
    await clock.advance(1_000)
    assert.equal(ticketsIn(a.database), 0)
    await clock.advance(10_000)
    assert.equal(clock.sleeping(), 0)
  })

  it('end the wait for another window after a minute, with the reason', async () => {
    const [a, b] = [await open('a', 1), await open('b', 1)]
    await a.ask('1')
    void b.ask('2')
    await clock.advance(59_750)
    assert.deepEqual(b.failures, [])
    await clock.advance(250)
    assert.match(
      b.failures.join(),
      /^2 overloaded: “work” already runs 1 requests at once in all windows of VS Code/,
    )
    assert.equal(ticketsIn(b.database), 1)
  })

  it('write nothing for requests that follow one another while nobody waits', async () => {
    const a = await open('a', 2)
    await a.ask('first')
    await a.end('first')
    const written = () => Number(a.database.get('SELECT total_changes() AS n')?.['n'])
    const before = written()
    for (let index = 0; index < 20; index++) {
      await a.ask(`${index}`)
      await a.end(`${index}`)
    }
    assert.equal(written(), before)
  })

  it('leave turns that a window has kept for itself to whoever waits, once one of its requests ends', async () => {
    const [a, b] = [await open('a', 3), await open('b', 3)]
    for (const name of ['1', '2', '3']) await a.ask(name)
    await a.end('1')
    await a.end('2')
    for (const name of ['4', '5']) void b.ask(name)
    await settle()
    assert.equal(b.running.size, 0)
    await a.end('3')
    await clock.advance(250)
    assert.deepEqual([...b.running.keys()], ['4', '5'])
  })

  it('let a window that asks without a pause keep no other one from its turn for long', async () => {
    const [a, b] = [await open('a', 1), await open('b', 1)]
    await a.ask('0')
    void b.ask('waiting')
    await settle()
    let turns = 0
    while (b.running.size === 0 && turns < 20) {
      await a.end(`${turns++}`)
      void a.ask(`${turns}`)
      await clock.advance(50)
    }
    // The look of a window at its spare turns, and that of the other one at the line.
    assert.ok(turns <= 3, `it took ${turns} turns of 50 ms`)
    assert.equal(a.running.size, 0)
  })

  it('go on where the database fails, which is said once', async () => {
    const a = await open('a', 1)
    a.database.dispose()
    await a.ask('1')
    await a.end('1')
    await a.ask('2')
    assert.deepEqual([[...a.running.keys()], a.log.lines.length], [['2'], 1])
  })

  it('are not counted for a connection without a limit', async () => {
    const a = await open('a', undefined)
    for (let index = 0; index < 10; index++) await a.ask(`${index}`)
    assert.deepEqual([a.running.size, ticketsIn(a.database)], [10, 0])
  })

  it('are given back by a window that closes', async () => {
    const [a, b] = [await open('a', 1), await open('b', 1)]
    await a.ask('1')
    a.slots.dispose()
    await b.ask('2')
    assert.deepEqual([...b.running.keys()], ['2'])
  })

  it('are held as long as they run, however long that is, and though the clock is put back', async () => {
    const [a, b] = [await open('a', 1), await open('b', 1)]
    await a.ask('1')
    await clock.advance(45_000)
    clock.jump(-3_600_000)
    await clock.advance(45_000)
    void b.ask('2')
    await clock.advance(30_000)
    assert.deepEqual([...b.running.keys()], [])
  })

  for (const jump of [31_000, 3_600_000, -31_000, -3_600_000]) {
    it(`are held though the clock is set by ${jump / 1_000} s, before their window has renewed them`, async () => {
      const [a, b] = [await open('a', 1), await open('b', 1)]
      await a.ask('1')
      await clock.advance(1_000)
      clock.jump(jump)
      void b.ask('2')
      await clock.advance(20_000)
      clock.jump(jump)
      await clock.advance(20_000)
      assert.deepEqual([...b.running.keys()], [])
      await a.end('1')
      await clock.advance(250)
      assert.deepEqual([...b.running.keys()], ['2'])
    })
  }

  it('of a window that is lost lapse half a minute after the clock was set for the last time', async () => {
    const [a, b] = [await open('a', 1), await open('b', 1)]
    a.tickets.take('work')
    for (const jump of [3_600_000, -7_200_000, 60_000]) {
      clock.jump(jump)
      void b.ask(`${jump}`)
      await clock.advance(5_000)
      assert.deepEqual([...b.running.keys()], [])
    }
    await clock.advance(25_250)
    assert.equal(b.running.size, 1)
  })

  it('of a window that was killed lapse after half a minute', async () => {
    const child = startElsewhere(`${openingLines(folder.path)}
const { createRequestTickets } = await import('src/core/routing/requestTickets.ts')
createRequestTickets({ database, owner: 'killed', clock: { now: () => ${clock.now()}, monotonic: () => 0 } }).take('work')
console.log('taken')
setInterval(() => {}, 1_000)`)
    assert.ok(child.stdout)
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    const b = await open('b', 1)
    void b.ask('2')
    await clock.advance(29_500)
    assert.deepEqual([...b.running.keys()], [])
    await clock.advance(750)
    assert.deepEqual([...b.running.keys()], ['2'])
  })

  it('are never more than the limit, whoever comes, ends, gives up or waits', async () => {
    const step = fc.record({
      kind: fc.constantFrom('ask', 'ask', 'end', 'cancel', 'pass', 'jump'),
      window: fc.nat(2),
      which: fc.nat(30),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, limit) => {
          const windows = [await open('a', limit), await open('b', limit), await open('c', limit)]
          const callers: AbortController[] = []
          const total = () => windows.reduce((sum, { running }) => sum + running.size, 0)
          for (const { kind, window, which } of steps) {
            const at = windows[window]
            assert.ok(at)
            if (kind === 'ask') {
              const caller = new AbortController()
              callers.push(caller)
              void at.ask(`${callers.length}`, caller.signal)
            } else if (kind === 'end') {
              const name = [...at.running.keys()][which % Math.max(1, at.running.size)]
              if (name !== undefined) await at.end(name)
            } else if (kind === 'cancel') callers[which]?.abort()
            else if (kind === 'jump') {
              clock.jump((which - 15) * 20_000)
              // Nobody can tell of two jumps that nobody has looked between.
              for (const { tickets } of windows) tickets.count('work')
            } else await clock.advance(which * 50)
            await settle()
            assert.ok(total() <= limit, `${total()} run of ${limit}`)
          }
          for (const caller of callers) caller.abort()
          await settle()
          for (const { slots, running } of windows) {
            for (const slot of running.values()) slot.dispose()
            slots.dispose()
          }
          await clock.advance(1_000)
          assert.equal(ticketsIn(windows[0]?.database ?? assert.fail()), 0)
          for (const { database } of windows) database.dispose()
        },
      ),
      { numRuns: 25 },
    )
  })

  it('of eight processes are never more than the limit', async () => {
    const database = await folder.open()
    database.exec('CREATE TABLE busy (now INTEGER, most INTEGER); INSERT INTO busy VALUES (0, 0)')
    const source = (owner: number): string => `${openingLines(folder.path)}
const { createRequestTickets } = await import('src/core/routing/requestTickets.ts')
const { createSharedSlots } = await import('src/core/routing/sharedSlots.ts')
const clock = createClock()
const tickets = createRequestTickets({ database, owner: 'window-${owner}', clock })
const slots = createSharedSlots({ tickets, limitOf: () => 3, clock, log })
const { signal } = new AbortController()
for (let index = 0; index < 6; index++) {
  const slot = await slots.acquire('work', signal)
  database.run('UPDATE busy SET now = now + 1, most = max(most, now + 1)')
  await clock.sleep(5)
  database.run('UPDATE busy SET now = now - 1')
  slot.dispose()
}
slots.dispose()
console.log('done')`
    const outputs = await Promise.all(Array.from({ length: 8 }, (_, owner) => runElsewhere(source(owner))))
    assert.deepEqual(
      outputs,
      Array.from({ length: 8 }, () => 'done'),
    )
    const { now, most } = database.get('SELECT now, most FROM busy') ?? {}
    assert.equal(now, 0)
    assert.ok(Number(most) >= 1 && Number(most) <= 3, `${String(most)} ran at once`)
    assert.equal(ticketsIn(database), 0)
  })
})
