import { formatModelRef } from '../model.js'
import type { Database } from '../ports.js'
import { callerName } from './budget.js'
import { readSubject } from './ledgerRows.js'
import { fromStoredMoney } from './money.js'
import { type Period, type RollupRow, readRollups } from './rollups.js'
import { createWindows, resolveTimeZone } from './windows.js'

export const reportDimensions = [
  'day',
  'provider',
  'connection',
  'model',
  'route',
  'door',
  'caller',
  'workspace',
  'branch',
  'outcome',
] as const

export type ReportDimension = (typeof reportDimensions)[number]

export interface ReportRequest {
  /** Milliseconds since the epoch, widened to whole quarters of an hour; the end is not part of it. */
  readonly period: Period
  /** What makes a row; nothing makes one row of all. */
  readonly by: readonly ReportDimension[]
  /** For days: `UTC`, `local` or a name. */
  readonly timeZone: string
}

export interface ReportRow {
  /** A value for each dimension that was asked for; empty for none. Days are ISO 8601 dates. */
  readonly key: Readonly<Partial<Record<ReportDimension, string>>>
  /** Attempts, without answers out of the cache. */
  readonly attempts: number
  readonly failures: number
  readonly cancelled: number
  readonly cacheHits: number
  /** Attempts whose tokens were estimated, and those whose price is unknown and not in `usd`. */
  readonly estimated: number
  readonly unpriced: number
  readonly uncachedInput: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly visibleOutput: number
  readonly reasoningOutput: number
  readonly usd: number
  /** Milliseconds, the mean of all attempts. */
  readonly latencyMs: number
}

type Sums = { -readonly [K in Exclude<keyof ReportRow, 'key'>]: number }

const noSums: Sums = {
  attempts: 0,
  failures: 0,
  cancelled: 0,
  cacheHits: 0,
  estimated: 0,
  unpriced: 0,
  uncachedInput: 0,
  cacheRead: 0,
  cacheWrite: 0,
  visibleOutput: 0,
  reasoningOutput: 0,
  usd: 0,
  latencyMs: 0,
}

const columns: readonly { readonly sum: keyof Sums; readonly column: string }[] = [
  { sum: 'attempts', column: 'attempts' },
  { sum: 'estimated', column: 'estimated' },
  { sum: 'unpriced', column: 'unpriced' },
  { sum: 'uncachedInput', column: 'uncached_input' },
  { sum: 'cacheRead', column: 'cache_read' },
  { sum: 'cacheWrite', column: 'cache_write' },
  { sum: 'visibleOutput', column: 'visible_output' },
  { sum: 'reasoningOutput', column: 'reasoning_output' },
  // Billionths until all is summed up.
  { sum: 'usd', column: 'cost' },
  { sum: 'latencyMs', column: 'latency_ms' },
]

/** What came out of the cache used nothing. */
function addTo(sums: Sums, row: RollupRow): void {
  if (row['is_cache_hit'] === 1) {
    sums.cacheHits += Number(row['attempts'])
    return
  }
  for (const { sum, column } of columns) sums[sum] += Number(row[column])
  if (row['outcome'] === 'failure') sums.failures += Number(row['attempts'])
  if (row['outcome'] === 'cancelled') sums.cancelled += Number(row['attempts'])
}

const values: Readonly<Record<Exclude<ReportDimension, 'day'>, (row: RollupRow) => string>> = {
  provider: (row) => String(row['provider']),
  connection: (row) => String(row['connection']),
  model: (row) => formatModelRef(readSubject(row).model),
  route: (row) => String(row['route']),
  door: (row) => String(row['door']),
  caller: (row) => callerName(readSubject(row).caller),
  workspace: (row) => String(row['workspace']),
  branch: (row) => String(row['branch']),
  outcome: (row) => String(row['code'] === '' ? row['outcome'] : row['code']),
}

interface Day {
  /** Empty where days were not asked for. */
  readonly name: string
  readonly period: Period
}

function listDays({ period, by, timeZone }: ReportRequest): readonly Day[] {
  if (!by.includes('day')) return [{ name: '', period }]
  const zone = resolveTimeZone(timeZone)
  const windowAt = createWindows('day', zone)
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: zone })
  const days: Day[] = []
  for (let at = period.from; at < period.to; ) {
    const to = Math.min(windowAt(at).end, period.to)
    days.push({ name: format.format(at), period: { from: at, to } })
    at = to
  }
  return days
}

function toRow(key: ReportRow['key'], { usd, latencyMs, ...sums }: Sums): ReportRow {
  const mean = sums.attempts === 0 ? 0 : latencyMs / sums.attempts
  return { key, ...sums, usd: fromStoredMoney(usd), latencyMs: mean }
}

/** By day, and within a day by money: what costs the most comes first. */
function compareRows(a: ReportRow, b: ReportRow): number {
  const [first = '', second = ''] = [a.key.day, b.key.day]
  if (first !== second) return first < second ? -1 : 1
  return b.usd - a.usd || b.attempts - a.attempts
}

/** Adds up the ledger, by whatever is asked. Throws ModelError `not-saved` where it cannot be read. */
export function createReport(database: Database, request: ReportRequest): readonly ReportRow[] {
  const found = new Map<string, { readonly key: ReportRow['key']; readonly sums: Sums }>()
  for (const { name, period } of listDays(request)) {
    for (const row of readRollups(database, period)) {
      const parts = request.by.map((dimension) => (dimension === 'day' ? name : values[dimension](row)))
      const id = parts.join('\u0000')
      const known = found.get(id) ?? {
        key: Object.fromEntries(request.by.map((dimension, index) => [dimension, parts[index] ?? ''])),
        sums: { ...noSums },
      }
      found.set(id, known)
      addTo(known.sums, row)
    }
  }
  return [...found.values()].map(({ key, sums }) => toRow(key, sums)).toSorted(compareRows)
}
