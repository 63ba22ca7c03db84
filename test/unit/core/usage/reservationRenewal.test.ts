import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { hourMs, minuteMs } from '../../../../src/core/durations.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { renewEveryMs } from '../../../../src/core/usage/reservationRenewal.js'
import { reservationMs } from '../../../../src/core/usage/reservations.js'
import { openingLines, useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { startElsewhere } from '../../../fakes/elsewhere.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import {
  answerWith,
  createBudget,
  createRequest,
  createUsagePipeline,
  type UsagePipelineOptions,
} from '../../../fakes/usagePipeline.js'

const isExceeded = (error: unknown): boolean => isModelError(error) && error.code === 'budget-exceeded'

/** With the model of the fakes: 0.01 USD, and as much is reserved but for the input. */
const cent = answerWith({ outputTokens: 1_000 })

describe('the reservation of a request', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let clock: ManualClock
  beforeEach(() => {
    clock = createManualClock(Date.UTC(2026, 10, 21, 12))
  })

  const open = (limit: number, facts: Partial<UsagePipelineOptions> = {}, budget: Partial<Budget> = {}) =>
    createUsagePipeline({
      database,
      clock,
      budgets: [createBudget({ limit, ...budget })],
      answer: cent,
      ...facts,
    })
  const statusOf = (window: ReturnType<typeof open>) =>
    window.budgets.status().map(({ spent, reserved }) => [spent, reserved])

  const after = (ms: number): Chat =>
    async function* silent(request, signal) {
      await clock.sleep(ms)
      yield* cent(request, signal)
    }

  it('lives as long as the request, though it says nothing all the time', async () => {
    const window = open(0.021, { answer: after(16 * minuteMs) })
    const others = open(0.021)
    const asked = [window.ask(), window.ask()]
    for (let minute = 0; minute < 15; minute++) {
      await clock.advance(minuteMs)
      await assert.rejects(others.ask(), isExceeded)
    }
    await clock.advance(minuteMs - 1)
    await assert.rejects(others.ask(), isExceeded)
    await clock.advance(1)
    await Promise.all(asked)
    assert.deepEqual(statusOf(window), [[0.02, 0]])
    assert.equal(clock.sleeping(), 0)
  })

  it('stays while the clock is set, and while the machine sleeps', async () => {
    for (const jump of [2 * hourMs, -2 * hourMs, reservationMs]) {
      database.exec('DELETE FROM budget_reservation; DELETE FROM budget_counter; DELETE FROM usage_rollup')
      const window = open(0.015, { answer: after(10 * minuteMs) })
      const others = open(0.015)
      const asked = window.ask()
      await clock.advance(0)
      clock.jump(jump)
      await assert.rejects(others.ask(), isExceeded)
      await clock.advance(3 * renewEveryMs)
      await assert.rejects(others.ask(), isExceeded)
      await clock.advance(10 * minuteMs)
      await asked
      assert.deepEqual(statusOf(window), [[0.01, 0]], `${jump}`)
    }
  })

  it('counts as spent once its window is lost, and the room that is left is for others', async () => {
    const dead = open(0.025, { answer: after(hourMs) })
    const reading = dead.chat(createRequest(), new AbortController().signal)[Symbol.asyncIterator]()
    void reading.next()
    await clock.advance(0)
    dead.budgets.dispose()
    const window = open(0.025)
    await clock.advance(reservationMs - 1)
    const [[, reserved = 0] = []] = statusOf(window)
    assert.ok(reserved >= 0.01 && reserved < 0.011)
    await clock.advance(1)
    assert.deepEqual(statusOf(window), [[reserved, 0]])
    await window.ask()
    assert.equal(window.budgets.status()[0]?.spent.toFixed(9), (0.01 + reserved).toFixed(9))
    await assert.rejects(window.ask(), isExceeded)
  })

  it('is settled once, by what was used, though its window was only taken for lost', async () => {
    const window = open(1, { answer: after(2 * reservationMs) })
    const asked = window.ask()
    await clock.advance(0)
    window.budgets.dispose()
    await clock.advance(reservationMs)
    const [[spent = 0, reserved] = []] = statusOf(open(1))
    assert.ok(spent >= 0.01 && reserved === 0)
    await clock.advance(reservationMs)
    await asked
    assert.deepEqual(statusOf(window), [[0.01, 0]])
    assert.equal(database.get('SELECT count(*) AS n FROM budget_reservation')?.['n'], 0)
  })

  it('is given back later where the database refuses it at first', async () => {
    const window = open(1)
    const claim = await window.budgets.claim(createRequest(), new AbortController().signal)
    assert.ok(claim !== undefined)
    database.transaction(() => claim.take())
    database.exec(
      "CREATE TRIGGER stuck BEFORE DELETE ON budget_reservation BEGIN SELECT RAISE(FAIL, 'no'); END",
    )
    claim.end?.()
    assert.ok(statusOf(window)[0]?.[1] !== 0)
    database.exec('DROP TRIGGER stuck')
    await clock.advance(renewEveryMs)
    assert.deepEqual(statusOf(window), [[0, 0]])
    assert.equal(clock.sleeping(), 0)
  })

  it('of a window that is killed for good counts as spent in the others', async () => {
    const child = startElsewhere(`${openingLines(folder.path)}
import { createBudget, createUsagePipeline } from 'test/fakes/usagePipeline.ts'
const answer = async function* () { console.log('asked'); await new Promise(() => setInterval(() => {}, 1e6)) }
const window = createUsagePipeline({ database, clock: createClock(), budgets: [createBudget({ timeZone: 'UTC' })], answer })
await window.ask()`)
    const said = await new Promise<string>(
      (resolve) => void child.stdout?.once('data', (data) => resolve(`${data}`)),
    )
    assert.match(said, /asked/)
    const closed = new Promise((resolve) => void child.once('close', resolve))
    child.kill('SIGKILL')
    await closed
    clock = createManualClock(Date.now())
    const window = open(1)
    const [[before, reserved = 0] = []] = statusOf(window)
    assert.ok(before === 0 && reserved > 0.01)
    await clock.advance(reservationMs)
    assert.deepEqual(statusOf(window), [[reserved, 0]])
  })
})
