import { formatModelRef } from '../model.js'
import type { Database, Row } from '../ports.js'
import { callerName } from './budget.js'
import { readSubject } from './ledgerRows.js'
import { fromStoredMoney } from './money.js'
import {
  type Period,
  type RollupDetail,
  type RollupRow,
  readRollups,
  readSources,
  rollupSumNames,
} from './rollups.js'
import { createWindows, resolveTimeZone } from './windows.js'

export const reportDimensions = [
  'day',
  'provider',
  'connection',
  'model',
  'servedModel',
  'route',
  'door',
  'caller',
  'workspace',
  'branch',
  'operation',
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
  /** Attempts whose cost is what the server billed, and those whose price is for another service tier. */
  readonly billed: number
  readonly otherTier: number
  /** Milliseconds, the mean of all attempts. */
  readonly latencyMs: number
}

type Sums = Exclude<keyof ReportRow, 'key'>

/** Columns of the rollups; money is in billionths, and times are sums, until all is added up. */
const columns: Readonly<Record<Sums, (typeof rollupSumNames)[number]>> = {
  attempts: 'attempts',
  failures: 'failures',
  cancelled: 'cancelled',
  cacheHits: 'cache_hits',
  estimated: 'estimated',
  unpriced: 'unpriced',
  uncachedInput: 'uncached_input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  visibleOutput: 'visible_output',
  reasoningOutput: 'reasoning_output',
  usd: 'cost',
  billed: 'billed',
  otherTier: 'other_tier',
  latencyMs: 'latency_ms',
}

type Value = (source: Row, row: RollupRow) => string

const column =
  (name: string): Value =>
  (source) =>
    String(source[name] ?? '')

const values: Readonly<Record<Exclude<ReportDimension, 'day'>, Value>> = {
  provider: column('provider'),
  connection: column('connection'),
  model: (source) => formatModelRef(readSubject(source).model),
  // In the server's words, which it has none of where it is the one that was asked for.
  servedModel: (source) => String(source['served_model'] || source['model'] || ''),
  route: column('route'),
  door: column('door'),
  caller: (source) => callerName(readSubject(source).caller),
  workspace: column('workspace'),
  branch: column('branch'),
  operation: column('operation'),
  outcome: (_, row) => String(row['code'] === '' ? row['outcome'] : row['code']),
}

const ofModels: ReadonlySet<ReportDimension> = new Set([
  'day',
  'provider',
  'connection',
  'model',
  'operation',
])

/** The least that the rows need. */
function detailOf(by: readonly ReportDimension[]): RollupDetail {
  if (by.includes('outcome')) return 'outcome'
  if (by.every((dimension) => dimension === 'day')) return 'total'
  return by.every((dimension) => ofModels.has(dimension)) ? 'model' : 'source'
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

/** Rollups that belong into one row of the report; the sums are in the order of `rollupSumNames`. */
interface Group {
  readonly key: ReportRow['key']
  readonly sums: Float64Array
}

function createGroup(by: readonly ReportDimension[], parts: readonly string[]): Group {
  const key = Object.fromEntries(by.map((dimension, index) => [dimension, parts[index] ?? '']))
  return { key, sums: new Float64Array(rollupSumNames.length) }
}

function addTo(sums: Float64Array, row: RollupRow): void {
  for (const [index, name] of rollupSumNames.entries()) sums[index] = (sums[index] ?? 0) + Number(row[name])
}

function toRow({ key, sums }: Group): ReportRow {
  const sum = (name: Sums): number => sums[rollupSumNames.indexOf(columns[name])] ?? 0
  const attempts = sum('attempts')
  return {
    key,
    attempts,
    failures: sum('failures'),
    cancelled: sum('cancelled'),
    cacheHits: sum('cacheHits'),
    estimated: sum('estimated'),
    unpriced: sum('unpriced'),
    uncachedInput: sum('uncachedInput'),
    cacheRead: sum('cacheRead'),
    cacheWrite: sum('cacheWrite'),
    visibleOutput: sum('visibleOutput'),
    reasoningOutput: sum('reasoningOutput'),
    usd: fromStoredMoney(sum('usd')),
    billed: sum('billed'),
    otherTier: sum('otherTier'),
    latencyMs: attempts === 0 ? 0 : sum('latencyMs') / attempts,
  }
}

/** Names each row once for each combination that it is about, however many days there are. */
function createNaming(database: Database, by: readonly ReportDimension[], detail: RollupDetail) {
  const hasSources = detail === 'source' || detail === 'outcome'
  const sources = hasSources ? readSources(database) : new Map<number, Row>()
  const named = new Map<string, readonly string[]>()
  const dimensions = by.filter((dimension) => dimension !== 'day')
  return (row: RollupRow): readonly string[] => {
    if (!hasSources) return dimensions.map((dimension) => values[dimension](row, row))
    const id = `${String(row['source_id'])} ${String(row['outcome'])} ${String(row['code'])}`
    const known = named.get(id)
    if (known !== undefined) return known
    const source = sources.get(Number(row['source_id'])) ?? {}
    const parts = dimensions.map((dimension) => values[dimension](source, row))
    named.set(id, parts)
    return parts
  }
}

/** By day, and within a day by money: what costs the most comes first. */
function compareRows(a: ReportRow, b: ReportRow): number {
  const [first = '', second = ''] = [a.key.day, b.key.day]
  if (first !== second) return first < second ? -1 : 1
  return b.usd - a.usd || b.attempts - a.attempts
}

/** Adds up the ledger, by whatever is asked. Throws ModelError `not-saved` where it cannot be read. */
export function createReport(database: Database, request: ReportRequest): readonly ReportRow[] {
  const { by } = request
  const groups = new Map<string, Group>()
  const detail = detailOf(by)
  const nameRow = createNaming(database, by, detail)
  const dayAt = by.indexOf('day')
  for (const { name, period } of listDays(request)) {
    for (const row of readRollups(database, period, detail)) {
      const named = nameRow(row)
      const id = `${name}\u0000${named.join('\u0000')}`
      const parts = dayAt < 0 ? named : named.toSpliced(dayAt, 0, name)
      const group = groups.get(id) ?? createGroup(by, parts)
      groups.set(id, group)
      addTo(group.sums, row)
    }
  }
  return [...groups.values()].map(toRow).toSorted(compareRows)
}
