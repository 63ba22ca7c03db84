import type { Database, Row } from '../ports.js'
import { rollupSums } from './ledgerRows.js'

const quarterMs = 15 * 60_000
const hourMs = 4 * quarterMs

/** Milliseconds that a rollup is about, from the longest. The days of every time zone can be made of quarters. */
export const rollupSpans = [24 * hourMs, 6 * hourMs, hourMs, quarterMs] as const

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

/** The sums of one combination of source and outcome. Columns are those of usage_rollup and usage_source. */
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

// The sums first: then texts are looked up once for each combination, not for each slot.
const readRange = `SELECT * FROM (
  SELECT source_id, outcome, code, is_cache_hit, ${rollupSums.map((name) => `sum(${name}) AS ${name}`).join(', ')}
  FROM usage_rollup WHERE span = ? AND slot >= ? AND slot < ?
  GROUP BY source_id, outcome, code, is_cache_hit
) JOIN usage_source ON usage_source.id = source_id`

/** Rows of the ranges that make a period: the same combination may come several times. */
export function readRollups(database: Database, period: Period): readonly RollupRow[] {
  return coverPeriod(period).flatMap(({ span, first, end }) => database.all(readRange, span, first, end))
}
