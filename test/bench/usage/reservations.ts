import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Database } from '../../../src/core/ports.js'
import type { AttemptRecord } from '../../../src/core/usage/attemptRecord.js'
import { type CounterKey, createBudgetCounters } from '../../../src/core/usage/budgetCounters.js'
import { createLedger } from '../../../src/core/usage/ledger.js'
import { createReservations } from '../../../src/core/usage/reservations.js'
import { createClock } from '../../../src/platform/clock.js'
import { month } from './month.js'

const processes = 8
const pairs = 400
/** Milliseconds between two requests of a process: a window that is hard at work. */
const pauseMs = 5

const key: CounterKey = {
  unit: 'usd',
  scope: 'all',
  scopeValue: '',
  windowKind: 'month',
  window: { start: month.from, end: month.to },
}
const limit = 1e15

/** Microseconds of each pair: all that a window does to the database for one attempt. Throws where one is refused. */
export async function reserveAndSettle(
  database: Database,
  createRecord: (index: number) => AttemptRecord,
): Promise<readonly number[]> {
  const clock = createClock()
  const counters = createBudgetCounters(database)
  const reservations = createReservations(database, counters)
  const quiet = (): undefined => undefined
  const fail = (message: string, cause: unknown): never => {
    throw new Error(message, { cause })
  }
  const ledger = createLedger({
    database,
    log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: fail },
    settle(records) {
      for (const record of records) {
        reservations.release(record.requestId)
        counters.add(record)
      }
    },
  })
  const times: number[] = []
  for (let index = 0; index < pairs; index++) {
    const attemptId = `${process.pid}-${index}`
    const record = { ...createRecord(index), requestId: attemptId }
    const start = performance.now()
    const holds = [{ key, amount: 10_000_000, limit }]
    if (reservations.reserve({ attemptId, holds, now: clock.now() }) !== undefined)
      throw new Error('It was refused.')
    const reserved = performance.now() - start
    await clock.sleep(pauseMs)
    const end = performance.now()
    if (!ledger.append(record)) throw new Error('It was not written.')
    times.push((reserved + performance.now() - end) * 1_000)
  }
  ledger.dispose()
  return times
}

async function runOther(program: string, path: string): Promise<number[]> {
  const child = spawn(process.execPath, ['--no-warnings', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0) throw new Error(`A process ended with ${String(code)}.`)
  const times: unknown = JSON.parse(output)
  return Array.isArray(times) ? times.map(Number) : []
}

/** The pairs of eight processes at once on one budget. */
export async function measureReservations(program: string, path: string): Promise<readonly number[]> {
  const times = await Promise.all(Array.from({ length: processes }, () => runOther(program, path)))
  return times.flat()
}
