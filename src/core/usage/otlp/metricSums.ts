import { type AttemptRecord, estimateError } from '../attemptRecord.js'
import { createFallbackWatch } from '../fallbackWatch.js'
import {
  type Attributes,
  budgetUse,
  cacheHits,
  cost,
  estimateErrors,
  fallbackSuccesses,
  fallbacks,
  inputTokens,
  metricAttributes,
  modelAttributes,
  operationDuration,
  outputTokens,
  selectionDuration,
  timeToFirstChunk,
  tokenAttributes,
  tokenUsage,
} from './genAiNames.js'
import { type OtlpSource, toAttributes, toNanoseconds, toResource, toScope } from './otlpJson.js'

/** Since the start, not since the last post: a post that fails loses nothing. */
const cumulative = 2

/** More combinations of attributes than this are told as one, as OpenTelemetry has it. */
const mostPoints = 2_000
const overflow: Attributes = { 'otel.metric.overflow': true }

interface Point {
  readonly attributes: Attributes
  count: number
  sum: number
  min: number
  max: number
  /** By bound, and one more for what is above all of them. */
  readonly buckets: number[]
}

interface Instrument {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly bounds?: readonly number[]
}

interface Sums {
  readonly instrument: Instrument
  add(attributes: Attributes, value: number): void
  readonly points: () => readonly Point[]
}

function createSums(instrument: Instrument): Sums {
  const { bounds } = instrument
  const points = new Map<string, Point>()

  function pointOf(wanted: Attributes): Point {
    const key = JSON.stringify(wanted)
    const isKnown = points.has(key) || points.size < mostPoints
    const name = isKnown ? key : ''
    const known = points.get(name)
    if (known !== undefined) return known
    const attributes = isKnown ? wanted : overflow
    const buckets = bounds === undefined ? [] : Array.from({ length: bounds.length + 1 }, () => 0)
    const point = { attributes, count: 0, sum: 0, min: Infinity, max: -Infinity, buckets }
    points.set(name, point)
    return point
  }

  return {
    instrument,
    points: () => [...points.values()],
    add(attributes, value) {
      const point = pointOf(attributes)
      point.count++
      point.sum += value
      point.min = Math.min(point.min, value)
      point.max = Math.max(point.max, value)
      if (bounds === undefined) return
      const above = bounds.findIndex((bound) => value <= bound)
      const index = above < 0 ? bounds.length : above
      point.buckets[index] = (point.buckets[index] ?? 0) + 1
    },
  }
}

interface Span {
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
}

function toHistogramPoint({ attributes, count, sum, min, max, buckets }: Point, bounds: readonly number[]) {
  return {
    attributes: toAttributes(attributes),
    count,
    sum,
    bucketCounts: buckets,
    explicitBounds: bounds,
    min,
    max,
  }
}

function toMetric({ instrument, points }: Sums, span: Span) {
  const { name, unit, description, bounds } = instrument
  if (bounds === undefined) {
    const dataPoints = points().map(({ attributes, sum }) => ({
      attributes: toAttributes(attributes),
      ...span,
      asDouble: sum,
    }))
    const sum = { aggregationTemporality: cumulative, isMonotonic: true, dataPoints }
    return { name, unit, description, sum }
  }
  const dataPoints = points().map((point) => ({ ...toHistogramPoint(point, bounds), ...span }))
  return { name, unit, description, histogram: { aggregationTemporality: cumulative, dataPoints } }
}

/** How far a budget is used at this moment, from 0; above 1 where it is overdrawn. */
export interface BudgetShare {
  readonly budget: string
  readonly share: number
}

/** Of no scope's value: a workspace's or a terminal's name is nobody's business. */
function toBudgetMetric(shares: readonly BudgetShare[], timeUnixNano: string): readonly object[] {
  if (shares.length === 0) return []
  const most = new Map<string, number>()
  for (const { budget, share } of shares) most.set(budget, Math.max(share, most.get(budget) ?? 0))
  const dataPoints = [...most].map(([budget, asDouble]) => ({
    attributes: toAttributes({ 'roundhouse.budget': budget }),
    timeUnixNano,
    asDouble,
  }))
  return [{ ...budgetUse, gauge: { dataPoints } }]
}

export interface MetricSums {
  add(record: AttemptRecord): void
  /** The body of a post to `/v1/metrics`; undefined before the first attempt. */
  toMetrics(source: OtlpSource, now: number, shares?: readonly BudgetShare[]): object | undefined
}

/** Sums since `startedAt`, in ms since the epoch; they end with the window. */
export function createMetricSums(startedAt: number): MetricSums {
  const all = {
    tokens: createSums(tokenUsage),
    duration: createSums(operationDuration),
    firstChunk: createSums(timeToFirstChunk),
    cost: createSums(cost),
    cacheHits: createSums(cacheHits),
    selection: createSums(selectionDuration),
    estimates: createSums(estimateErrors),
    fallbacks: createSums(fallbacks),
    fallbackSuccesses: createSums(fallbackSuccesses),
  }
  const watch = createFallbackWatch()

  /** What routes chose, and what came of it. */
  function addChoice(record: AttemptRecord, attributes: Attributes): void {
    const { from, rescued } = watch.follow(record)
    if (from !== undefined) all.fallbacks.add(modelAttributes(from), 1)
    for (const model of rescued) all.fallbackSuccesses.add(modelAttributes(model), 1)
    if (record.selectionMs !== undefined) all.selection.add(attributes, record.selectionMs / 1_000)
    const error = estimateError(record)
    if (error !== undefined) all.estimates.add(attributes, error)
  }

  return {
    add(record) {
      const attributes = metricAttributes(record)
      if (record.isCacheHit) {
        all.cacheHits.add(attributes, 1)
        return
      }
      addChoice(record, attributes)
      all.duration.add(attributes, record.latencyMs / 1_000)
      if (record.firstPartMs !== undefined) all.firstChunk.add(attributes, record.firstPartMs / 1_000)
      if (record.cost !== undefined) all.cost.add(attributes, record.cost.usd)
      all.tokens.add(tokenAttributes(record, 'input'), inputTokens(record))
      all.tokens.add(tokenAttributes(record, 'output'), outputTokens(record))
    },
    toMetrics(source, now, shares = []) {
      const told = Object.values(all).filter((sums) => sums.points().length > 0)
      if (told.length === 0) return undefined
      const span = {
        startTimeUnixNano: toNanoseconds(startedAt),
        timeUnixNano: toNanoseconds(Math.max(startedAt, now)),
      }
      const metrics = [
        ...told.map((sums) => toMetric(sums, span)),
        ...toBudgetMetric(shares, span.timeUnixNano),
      ]
      const scopeMetrics = [{ scope: toScope(source), metrics }]
      return { resourceMetrics: [{ resource: toResource(source), scopeMetrics }] }
    },
  }
}
