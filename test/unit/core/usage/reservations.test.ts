import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type CounterKey, createBudgetCounters } from '../../../../src/core/usage/budgetCounters.js'
import { createReservations, reservationMs } from '../../../../src/core/usage/reservations.js'
import { openingLines, useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { releaseTogether, startElsewhere } from '../../../fakes/elsewhere.js'

const key: CounterKey = {
  unit: 'requests',
  scope: 'all',
  scopeValue: '',
  windowKind: 'month',
  window: { start: 0, end: 9e12 },
}

/** What a window may do, with `limit` 100. */
type Action =
  | { readonly type: 'reserve'; readonly id: number; readonly amount: number }
  | { readonly type: 'release'; readonly id: number }
  | { readonly type: 'wait'; readonly ms: number }

const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('reserve' as const),
      id: fc.nat(30),
      amount: fc.integer({ min: 0, max: 60 }),
    }),
    fc.record({ type: fc.constant('release' as const), id: fc.nat(30) }),
    fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: reservationMs }) }),
  ),
  { maxLength: 60 },
)

describe('reservations', function () {
  this.timeout(120_000)

  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  it('are the sum of what is open, and spent once they lapse, never above the limit, whatever windows do', () => {
    fc.assert(
      fc.property(actions, (script) => {
        database.exec('DELETE FROM budget_reservation; DELETE FROM budget_counter')
        const counters = createBudgetCounters(database)
        const reservations = createReservations(database, counters)
        const held = new Map<number, { amount: number; expires: number; lapsed?: boolean }>()
        const sum = (lapsed: boolean) =>
          [...held.values()].reduce(
            (total, one) => total + ((one.lapsed ?? false) === lapsed ? one.amount : 0),
            0,
          )
        let now = 1
        for (const action of script) {
          if (action.type === 'wait') now += action.ms
          else if (action.type === 'release') {
            reservations.release(`${action.id}`)
            held.delete(action.id)
          } else if (!held.has(action.id)) {
            for (const one of held.values()) if (one.expires <= now) one.lapsed = true
            const open = sum(false) + sum(true)
            const fits = action.amount === 0 || open + action.amount <= 100
            const hold = { key, amount: action.amount, limit: 100 }
            const refused = reservations.reserve({ attemptId: `${action.id}`, holds: [hold], now })
            assert.deepEqual(refused, fits ? undefined : hold)
            if (fits) held.set(action.id, { amount: action.amount, expires: now + reservationMs })
            assert.deepEqual(counters.read(key), { spent: sum(true), reserved: sum(false) })
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('are all made or none', () => {
    const counters = createBudgetCounters(database)
    const reservations = createReservations(database, counters)
    const tight = { key: { ...key, scope: 'provider' as const, scopeValue: 'p' }, amount: 5, limit: 4 }
    const refused = reservations.reserve({
      attemptId: 'a',
      holds: [{ key, amount: 5, limit: 10 }, tight],
      now: 1,
    })
    assert.deepEqual(refused, tight)
    assert.deepEqual(counters.read(key), { spent: 0, reserved: 0 })
  })

  it('of eight processes on one budget never exceed it, and none fails because the database is busy', async () => {
    const source = `${openingLines(folder.path)}
import { createBudgetCounters } from 'src/core/usage/budgetCounters.ts'
import { createReservations } from 'src/core/usage/reservations.ts'
const counters = createBudgetCounters(database)
const reservations = createReservations(database, counters)
const key = ${JSON.stringify(key)}
console.log('ready')
await new Promise((resolve) => process.stdin.once('data', resolve))
let granted = 0, highest = 0
async function reserve(attemptId) {
  for (;;) {
    try {
      return reservations.reserve({ attemptId, holds: [{ key, amount: 1, limit: 2000 }], now: 1 })
    } catch (error) {
      // As an admission does where a busy machine keeps another process from giving its lock back.
      if (!database.isLocked) throw error
      await database.unlocked()
    }
  }
}
for (let turn = 0; turn < 400; turn++) {
  const refused = await reserve(process.pid + '-' + turn)
  if (refused === undefined) granted++
  highest = Math.max(highest, counters.read(key).reserved)
}
console.log(JSON.stringify({ granted, highest }))
database.dispose()
process.exit()`
    const children = Array.from({ length: 8 }, () => startElsewhere(source))
    const results = (await releaseTogether(children)).map((output) => {
      const { granted, highest } = JSON.parse(output.split('\n').at(-1) ?? '')
      return { granted: Number(granted), highest: Number(highest) }
    })
    assert.equal(
      results.reduce((sum, { granted }) => sum + granted, 0),
      2_000,
    )
    assert.equal(Math.max(...results.map(({ highest }) => highest)), 2_000)
    assert.equal(createBudgetCounters(database).read(key).reserved, 2_000)
  })
})
