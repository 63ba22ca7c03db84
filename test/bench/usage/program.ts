// Measures the ledger, its report, prices, and budgets that eight processes share. Its last line is the figures.
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from '../../../src/core/ports.js'
import { migrations } from '../../../src/core/storage/migrations.js'
import type { AttemptRecord } from '../../../src/core/usage/attemptRecord.js'
import { createLedger } from '../../../src/core/usage/ledger.js'
import { classifyTokens, priceAttempt } from '../../../src/core/usage/price.js'
import { createReport, type ReportDimension } from '../../../src/core/usage/report.js'
import { createClock } from '../../../src/platform/clock.js'
import { openDatabase } from '../../../src/platform/sqlite/open.js'
import { fillMonth, month } from './month.js'
import { measureReservations, reserveAndSettle } from './reservations.js'

/** Microseconds, but for `report…`: milliseconds. */
export interface UsageFigures {
  readonly append: readonly number[]
  readonly plainInsert: readonly number[]
  readonly price: readonly number[]
  readonly report: readonly number[]
  readonly reportByDay: readonly number[]
  readonly reportByDayAndModel: readonly number[]
  readonly reportByOperation: readonly number[]
  /** Of eight processes, each pair. */
  readonly reserveAndSettle: readonly number[]
}

const quiet = (): undefined => undefined
const log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error }

function open(path: string): Promise<Database> {
  return openDatabase({
    path,
    migrations,
    damaged: 'keep',
    clock: createClock(),
    log,
    notices: { notice: quiet },
    remoteKind: async () => undefined,
  })
}

function createRecord(index: number): AttemptRecord {
  return {
    at: month.from + index * 2_000,
    requestId: `0b9f6f0e-6d52-4d0a-8f43-${index}`,
    number: 1,
    caller: { door: 'languageModel', extension: 'acme.helper', workspace: `w${index % 3}`, branch: 'main' },
    provider: 'openai',
    model: { connection: 'work', id: `model-${index % 5}` },
    tokens: {
      uncachedInput: 1_000,
      cacheRead: 500,
      cacheWriteShort: 0,
      cacheWriteLong: 0,
      visibleOutput: 200,
      reasoningOutput: 50,
    },
    accuracy: 'exact',
    cost: { usd: 0.0012, source: 'catalog' },
    latencyMs: 1_200,
    firstPartMs: 300,
    outcome: { kind: 'success' },
    isCacheHit: false,
  }
}

function time(rounds: number, work: (round: number) => unknown): number[] {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    work(round)
    times.push((performance.now() - start) * 1_000)
  }
  return times
}

function measureAppend(database: Database): number[] {
  const ledger = createLedger({ database, log })
  const times = time(20_000, (round) => ledger.append(createRecord(round)))
  ledger.dispose()
  return times.slice(1_000)
}

/** What one row costs SQLite: the same text and numbers, without sums. */
function measurePlainInsert(database: Database): number[] {
  database.exec('CREATE TABLE plain (at INTEGER, request TEXT, source INTEGER, a, b, c, d, e, f, g, h)')
  const insert = 'INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  const times = time(20_000, (round) =>
    database.run(insert, round, `0b9f6f0e-6d52-4d0a-8f43-${round}`, 1, 1, 1, 1, 1, 1, 1, 1, 1),
  )
  return times.slice(1_000)
}

function measurePrice(): number[] {
  const model = {
    location: 'cloud',
    pricing: {
      input: 3,
      output: 15,
      cacheRead: 0.3,
      cacheWrite: 3.75,
      tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5 }],
    },
    sources: { 'pricing.input': 'catalog', 'pricing.output': 'catalog' },
  } as const
  let total = 0
  const batch = 1_000
  const times = time(500, (round) => {
    for (let index = 0; index < batch; index++) {
      const usage = {
        inputTokens: 150_000 + round * 200 + index,
        outputTokens: 700,
        cacheReadInputTokens: 1_000,
        cacheWriteInputTokens: 100,
        reasoningOutputTokens: 300,
        accuracy: 'exact',
      } as const
      total += priceAttempt(classifyTokens(usage), model)?.usd ?? 0
    }
  })
  if (!(total > 0)) throw new Error('Nothing was priced.')
  return times.slice(50).map((micros) => micros / batch)
}

function measureReport(database: Database, by: readonly ReportDimension[]): number[] {
  const times = time(11, () => createReport(database, { period: month, by, timeZone: 'Europe/Berlin' }))
  return times.slice(1).map((micros) => micros / 1_000)
}

async function measure(folder: string): Promise<UsageFigures> {
  const small = await open(join(folder, 'small', 'roundhouse.db'))
  const append = measureAppend(small)
  const plainInsert = measurePlainInsert(small)
  small.dispose()
  const large = await open(join(folder, 'large', 'roundhouse.db'))
  fillMonth(large)
  const report = measureReport(large, ['model'])
  const reportByDay = measureReport(large, ['day'])
  const reportByDayAndModel = measureReport(large, ['day', 'model'])
  const reportByOperation = measureReport(large, ['operation'])
  large.dispose()
  const shared = join(folder, 'shared', 'roundhouse.db')
  ;(await open(shared)).dispose()
  const pairs = await measureReservations(fileURLToPath(import.meta.url), shared)
  return {
    append,
    plainInsert,
    price: measurePrice(),
    report,
    reportByDay,
    reportByDayAndModel,
    reportByOperation,
    reserveAndSettle: pairs,
  }
}

const [, , shared] = process.argv
if (shared === undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'roundhouse-bench-'))
  try {
    console.log(JSON.stringify(await measure(folder)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else {
  const database = await open(shared)
  console.log(JSON.stringify(await reserveAndSettle(database, createRecord)))
  database.dispose()
}
