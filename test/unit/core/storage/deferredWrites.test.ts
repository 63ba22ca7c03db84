import assert from 'node:assert/strict'
import { createEmitter } from '../../../../src/core/event.js'
import { createDecisionStore } from '../../../../src/core/routing/decisionStore.js'
import { createRequestTickets } from '../../../../src/core/routing/requestTickets.js'
import { createDeferredWrites } from '../../../../src/core/storage/deferredWrites.js'
import { createAudit } from '../../../../src/core/usage/audit.js'
import { createTextStore } from '../../../../src/core/usage/texts/textStore.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

describe('deferred writes', () => {
  const locked = new Error('locked')
  function createLocked() {
    const unlocked = createEmitter<void>()
    const state = { isLocked: true }
    const written: string[] = []
    const database = {
      get isLocked() {
        return state.isLocked
      },
      onDidUnlock: unlocked.event,
    }
    const write = createDeferredWrites(database)
    const insert = (text: string) =>
      write(() => {
        if (state.isLocked) throw locked
        written.push(text)
      })
    const unlock = () => {
      state.isLocked = false
      unlocked.fire()
    }
    return { state, written, write, insert, unlock }
  }

  it('run in their order once the database is free', () => {
    const { written, insert, unlock } = createLocked()
    for (const text of ['a', 'b']) insert(text)
    assert.deepEqual(written, [])
    unlock()
    insert('c')
    assert.deepEqual(written, ['a', 'b', 'c'])
  })

  it('drop the oldest beyond a thousand', () => {
    const { written, insert, unlock } = createLocked()
    for (let at = 0; at < 1_001; at++) insert(String(at))
    unlock()
    assert.deepEqual([written.length, written[0]], [1_000, '1'])
  })

  it('throw what is no lock', () => {
    const { state, write } = createLocked()
    state.isLocked = false
    const damaged = new Error('damaged')
    assert.throws(
      () =>
        write(() => {
          throw damaged
        }),
      damaged,
    )
  })
})

const always = { from: 0, to: 9e15 }

/** What no answer waits for is kept while the database is locked, and written when it is free. */
describe('while another program has locked the database', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  /** Does the work behind another connection's lock, then waits until that has gone. */
  async function behindLock(work: () => void): Promise<void> {
    const other = await folder.open()
    other.exec('BEGIN IMMEDIATE')
    work()
    other.exec('ROLLBACK')
    assert.ok(database.isLocked)
    await database.unlocked()
  }

  it('a change that is put on record keeps its time', async () => {
    const clock = createManualClock()
    const at = clock.now()
    const audit = createAudit({ database, clock, log: createMemoryLog(), redact: (text) => text })
    await behindLock(() => {
      audit.write({ subject: 'key', name: 'work', action: 'rotated', detail: '', origin: 'command' })
      clock.jump(60_000)
    })
    assert.deepEqual(
      audit.read(always).map((entry) => [entry.action, entry.at]),
      [['rotated', at]],
    )
  })

  it('a decision is kept', async () => {
    const store = createDecisionStore({ database })
    const report = { requestId: 'r', at: 1, asked: 'auto', outcome: 'answered' as const }
    await behindLock(() => store.keep({ ...report, notes: [], ranked: [], leftOut: [], tried: [] }))
    assert.equal(store.find('r')?.asked, 'auto')
  })

  it('a text is kept', async () => {
    const store = createTextStore(database)
    await behindLock(() =>
      store.write({ requestId: 'r', number: 1, at: 1, prompt: 'p', answer: 'a', isCut: false }),
    )
    assert.equal(store.find({ requestId: 'r', number: 1 })?.answer, 'a')
  })

  it('a place in the line of a connection is given back', async () => {
    const tickets = createRequestTickets({ database, owner: 'window', clock: createManualClock() })
    const ticket = tickets.take('work')
    await behindLock(() => tickets.giveBack(ticket))
    assert.equal(tickets.count('work'), 0)
  })
})
