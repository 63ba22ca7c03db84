import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { minuteMs } from '../../../../src/core/durations.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { Database } from '../../../../src/core/ports.js'
import { advanceMs, advanceRequests } from '../../../../src/core/usage/advances.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { reservationMs } from '../../../../src/core/usage/reservations.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import {
  answerWith,
  createBudget,
  createRequest,
  createUsagePipeline,
  type UsagePipelineOptions,
} from '../../../fakes/usagePipeline.js'

/** With the model of the fakes: 0.01 USD, and as much is reserved but for the input. */
const cent = answerWith({ outputTokens: 1_000 })
const cents = (usd: number | undefined): number => Math.round((usd ?? 0) * 100)

describe('what is reserved ahead', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let clock: ManualClock
  /** Rows that were written before a request could begin. */
  let rows: number
  /** Whether the disk has no room for an attempt, by the names of those that wait to be written. */
  let isFullFor: (requestId: unknown) => boolean
  beforeEach(() => {
    isFullFor = () => false
    clock = createManualClock(Date.UTC(2026, 10, 21, 12))
    rows = 0
  })

  const counted = (): Database => ({
    ...database,
    get readOnly() {
      return database.readOnly
    },
    get isLocked() {
      return database.isLocked
    },
    run(sql, ...values) {
      if (sql.startsWith('INSERT INTO budget_reservation')) rows += 1
      if (sql.startsWith('INSERT INTO attempt ') && values.some(isFullFor)) throw new Error('full')
      return database.run(sql, ...values)
    },
  })
  const open = (budget: Partial<Budget>, facts: Partial<UsagePipelineOptions> = {}) =>
    createUsagePipeline({
      database: counted(),
      clock,
      budgets: [createBudget(budget)],
      answer: cent,
      ...facts,
    })
  const statusOf = (window: ReturnType<typeof open>) =>
    window.budgets.status().map(({ spent, reserved }) => [cents(spent), cents(reserved)])
  const askTimes = async (window: ReturnType<typeof open>, times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn++) await window.ask()
  }
  const reservedRows = () =>
    database.all('SELECT amount FROM budget_reservation').map(({ amount }) => cents(Number(amount) / 1e9))

  it('lets requests that follow one another closely begin without a transaction of their own', async () => {
    const window = open({ limit: 1_000 })
    await askTimes(window, 2)
    rows = 0
    await askTimes(window, advanceRequests)
    assert.equal(rows, 0)
    await window.ask()
    assert.equal(rows, 2)
    assert.deepEqual(statusOf(window), [[advanceRequests + 3, 0]])
  })

  it('is for no request that comes alone', async () => {
    const window = open({ limit: 1_000 })
    for (let turn = 0; turn < 3; turn++) {
      await window.ask()
      await clock.advance(advanceMs)
    }
    rows = 0
    await window.ask()
    assert.equal(rows, 1)
    assert.deepEqual(reservedRows(), [])
  })

  it('goes back a moment later, and leaves no row', async () => {
    const window = open({ limit: 1_000 })
    await askTimes(window, 3)
    assert.deepEqual(reservedRows(), [advanceRequests - 1])
    await clock.advance(advanceMs)
    assert.deepEqual(reservedRows(), [])
    const other = open({ limit: 1_000 })
    assert.deepEqual(statusOf(other), [[3, 0]])
  })

  it('stays for the requests that are under way, however long they take', async () => {
    const gates: (() => void)[] = []
    const slow: Chat = async function* wait(request, signal) {
      await new Promise<void>((resolve) => void gates.push(resolve))
      yield* cent(request, signal)
    }
    const window = open({ limit: 1_000 }, { answer: slow })
    const asked = [window.ask(), window.ask(), window.ask(), window.ask()]
    await clock.advance(advanceMs)
    for (let minute = 0; minute < 20; minute++) await clock.advance(minuteMs)
    const other = open({ limit: 1_000 })
    assert.deepEqual(statusOf(other), [[0, 4]])
    for (const go of gates) go()
    await Promise.all(asked)
    assert.deepEqual(statusOf(window), [[4, 0]])
    assert.deepEqual(reservedRows(), [])
  })

  it('is at most a hundredth of what is left, so that another window is refused no sooner', async () => {
    const window = open({ limit: 0.3 })
    await askTimes(window, 5)
    assert.ok(!reservedRows().some((amount) => amount > 1))
    const other = open({ limit: 0.3 })
    await askTimes(other, 24)
    await assert.rejects(other.ask(), (error) => isModelError(error) && error.code === 'budget-exceeded')
    assert.deepEqual(statusOf(window), [[29, 0]])
  })

  it('counts as spent if the window that holds it is killed', async () => {
    await askTimes(open({ limit: 1_000 }), 3)
    // A killed window renews nothing; the clock of another one goes on.
    const later = open({ limit: 1_000 }, { clock: createManualClock(clock.now() + reservationMs) })
    assert.deepEqual(statusOf(later), [[3 + advanceRequests - 1, 0]])
  })

  it('is there again for the next request if one ends before it is asked', async () => {
    const window = open({ limit: 1_000 })
    await askTimes(window, 3)
    const claim = await window.budgets.claim(createRequest(), new AbortController().signal)
    assert.equal(claim?.takeAhead(), true)
    claim.end?.()
    rows = 0
    await askTimes(window, advanceRequests - 1)
    assert.equal(rows, 0)
  })

  it('goes back for each attempt that is written, in whatever order they can be', async () => {
    const window = open({ limit: 1_000 })
    const askAs = (requestId: string) => window.ask({ attempt: { requestId, number: 1 } })
    await askTimes(window, 2)
    isFullFor = (value) => ['a', 'b', 'c'].includes(String(value))
    for (const name of ['a', 'b', 'c']) await askAs(name)
    isFullFor = (value) => value === 'c'
    await askAs('d')
    isFullFor = () => false
    await askAs('e')
    await clock.advance(advanceMs)
    assert.deepEqual(statusOf(window), [[7, 0]])
    assert.deepEqual(reservedRows(), [])
  })

  it('stays for an attempt that waits to be written while a file of others is taken in', async () => {
    const window = open({ limit: 1_000 })
    window.ledger.takeIn('a file', [createAttemptRecord()])
    await askTimes(window, 2)
    isFullFor = (value) => value === 'a'
    await window.ask({ attempt: { requestId: 'a', number: 1 } })
    window.ledger.takeIn('a file', [createAttemptRecord()])
    await clock.advance(advanceMs)
    assert.deepEqual(statusOf(open({ limit: 1_000 })), [[2, 1]])
    isFullFor = () => false
    await window.ask()
    assert.deepEqual(statusOf(window), [[4, 0]])
    assert.deepEqual(reservedRows(), [])
  })

  it('is for requests of the same size or smaller', async () => {
    const window = open({ limit: 1_000 })
    await askTimes(window, 3)
    rows = 0
    await window.ask({ parameters: { maxOutputTokens: 10 } })
    assert.equal(rows, 0)
    await window.ask({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'long '.repeat(2_000) }] }],
    })
    assert.ok(rows > 0)
  })
})
