import { dayMs, hourMs, minuteMs } from '../durations.js'
import type { Database, Row } from '../ports.js'
import { rollupSums } from './ledgerRows.js'

/** The shortest time that sums are kept of; all longer ones are made of whole quarters of an hour. */
export const quarterMs = 15 * minuteMs

/** Milliseconds that a rollup is about, from the longest. The days of every time zone can be made of quarters. */
export const rollupSpans = [dayMs, 6 * hourMs, hourMs, quarterMs] as const

/** Milliseconds since the epoch; the end is not part of it. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** Slots of one span that follow one another. */
interface SlotRange {
  readonly span: number
  readonly first: number
  readonly end: number
}

/** How far sums are kept apart; the less, the faster. */
export type RollupDetail = 'total' | 'model' | 'source' | 'outcome'

/**
 * Sums by the names of `rollupSumNames`, and with them `provider`, `connection`, `model` and `operation`, or `source_id`,
 * `outcome` and `code`, as the detail has them.
 */
export type RollupRow = Row

/** The fewest slots that together make a period, whose bounds are widened to whole quarters. */
export function coverPeriod({ from, to }: Period): readonly SlotRange[] {
  const start = Math.floor(from / quarterMs) * quarterMs
  const end = Math.ceil(to / quarterMs) * quarterMs
  return start < end ? cover(start, end, 0) : []
}

function cover(start: number, end: number, level: number): readonly SlotRange[] {
  const span = rollupSpans[level]
  if (span === undefined || start >= end) return []
  const first = Math.ceil(start / span)
  const last = Math.floor(end / span)
  if (first >= last) return cover(start, end, level + 1)
  const middle = { span, first, end: last }
  return [...cover(start, first * span, level + 1), middle, ...cover(last * span, end, level + 1)]
}

export const rollupSumNames = [...rollupSums, 'cache_hits', 'failures', 'cancelled'] as const

const sums = [
  // What an answer out of the cache did not use is in none of the sums. `total` counts beyond what an integer holds.
  ...rollupSums.map((name) => `total(iif(is_cache_hit, 0, ${name})) AS ${name}`),
  'sum(iif(is_cache_hit, attempts, 0)) AS cache_hits',
  "sum(iif(NOT is_cache_hit AND outcome = 'failure', attempts, 0)) AS failures",
  "sum(iif(NOT is_cache_hit AND outcome = 'cancelled', attempts, 0)) AS cancelled",
].join(', ')

/** A period has at most this many ranges: one of days, and two of each shorter span. */
const mostRanges = 2 * rollupSpans.length - 1
const range = 'SELECT * FROM usage_rollup WHERE span = ? AND slot >= ? AND slot < ?'
const ranges = Array.from({ length: mostRanges }, () => range).join(' UNION ALL ')

const bySource = `SELECT source_id, ${sums} FROM (${ranges}) GROUP BY source_id`
const outerSums = rollupSumNames.map((name) => `total(${name}) AS ${name}`).join(', ')

const statements: Readonly<Record<RollupDetail, string>> = {
  total: `SELECT ${sums} FROM (${ranges}) HAVING count(*) > 0`,
  model: `SELECT provider, connection, model, operation, ${outerSums} FROM (${bySource})
JOIN usage_source ON usage_source.id = source_id GROUP BY provider, connection, model, operation`,
  source: bySource,
  outcome: `SELECT source_id, outcome, code, ${sums} FROM (${ranges}) GROUP BY source_id, outcome, code`,
}

const noRange: SlotRange = { span: 0, first: 0, end: 0 }

export function readRollups(database: Database, period: Period, detail: RollupDetail): readonly RollupRow[] {
  const found = coverPeriod(period)
  const padded = [...found, ...Array.from({ length: mostRanges - found.length }, () => noRange)]
  return database.all(statements[detail], ...padded.flatMap(({ span, first, end }) => [span, first, end]))
}

/** Rows of usage_source by their ids. */
export function readSources(database: Database): ReadonlyMap<number, Row> {
  return new Map(database.all('SELECT * FROM usage_source').map((row) => [Number(row['id']), row]))
}
