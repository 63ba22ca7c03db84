import type { ErrorCode } from '../errors.js'
import { type AttemptRecord, estimateError, outputSpeed } from './attemptRecord.js'
import { createHistogram, type Histogram } from './histogram.js'

/** Failures that lie in the request, in the user's own limits or in the user's wish: they say nothing of the model. */
const notTheModels: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'context-length',
  'content-filtered',
  'capability-unsupported',
  'invalid-request',
  'not-saved',
  'budget-exceeded',
  'fallback-exhausted',
  'no-model',
])

const countNames = [
  'attempts',
  /** Attempts that were the first of their request. */
  'requests',
  'successes',
  /** Failures that are the model's. */
  'failures',
  /** Attempts after which another model was asked. */
  'fallbacks',
  /** Those whose request was answered in the end. */
  'fallbackSuccesses',
  'cacheHits',
  /** Successes of a known price, and what those and the failures on the way to them cost. */
  'priced',
  'usd',
] as const

type CountName = (typeof countNames)[number]

/** What many attempts come to. Times are those of successes: a quick failure is not quick. */
export interface Summary {
  readonly counts: Record<CountName, number>
  readonly latencyMs: Histogram
  readonly firstPartMs: Histogram
  /** Tokens per second. */
  readonly speed: Histogram
  /** Milliseconds that a route took to choose. */
  readonly selectionMs: Histogram
  /** Percent. */
  readonly estimateError: Histogram
}

const histogramNames = ['latencyMs', 'firstPartMs', 'speed', 'selectionMs', 'estimateError'] as const

export function createSummary(): Summary {
  return {
    counts: {
      attempts: 0,
      requests: 0,
      successes: 0,
      failures: 0,
      fallbacks: 0,
      fallbackSuccesses: 0,
      cacheHits: 0,
      priced: 0,
      usd: 0,
    },
    latencyMs: createHistogram(),
    firstPartMs: createHistogram(),
    speed: createHistogram(),
    selectionMs: createHistogram(),
    estimateError: createHistogram(),
  }
}

function isModelFailure({ outcome }: AttemptRecord): boolean {
  return outcome.kind === 'failure' && !notTheModels.has(outcome.code)
}

export function addRecord(summary: Summary, record: AttemptRecord, weight = 1): void {
  const { counts } = summary
  if (record.isCacheHit) {
    counts.cacheHits += weight
    return
  }
  const isSuccess = record.outcome.kind === 'success'
  counts.attempts += weight
  if (record.number === 1) counts.requests += weight
  if (isModelFailure(record)) counts.failures += weight
  counts.usd += weight * (record.cost?.usd ?? 0)
  if (record.selectionMs !== undefined) summary.selectionMs.add(record.selectionMs, weight)
  const error = estimateError(record)
  if (error !== undefined) summary.estimateError.add(100 * error, weight)
  if (!isSuccess) return
  counts.successes += weight
  if (record.cost !== undefined) counts.priced += weight
  summary.latencyMs.add(record.latencyMs, weight)
  if (record.firstPartMs !== undefined) summary.firstPartMs.add(record.firstPartMs, weight)
  const speed = outputSpeed(record)
  if (speed !== undefined) summary.speed.add(speed, weight)
}

/** Adds what `other` says, its weights times `factor`. */
export function mergeSummary(summary: Summary, other: Summary, factor: number): void {
  for (const name of countNames) summary.counts[name] += other.counts[name] * factor
  for (const name of histogramNames) summary[name].merge(other[name], factor)
}

export function scaleSummary(summary: Summary, factor: number): void {
  for (const name of countNames) summary.counts[name] *= factor
  for (const name of histogramNames) summary[name].scale(factor)
}
