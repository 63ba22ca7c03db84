import type { ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { createFallbackWatch } from './fallbackWatch.js'
import { type Degradation, findDegradation, healthScore } from './healthScore.js'
import type { Histogram } from './histogram.js'
import { createSeries, type Series } from './series.js'
import { addRecord, createSummary, mergeSummary, type Summary } from './summary.js'

interface Quantiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Of the last hour, and of the time before with a weight that halves in three days. */
export interface ModelStatistics {
  /** Attempts since the oldest that was told, whatever their age. */
  readonly requests: number
  /** Milliseconds of successful attempts, within 2 %; absent before the first. */
  readonly latencyMs?: Quantiles
  /** Milliseconds until an answer began. */
  readonly firstPartMs?: Quantiles
  /** The median, from the first part to the end. */
  readonly tokensPerSecond?: number
  /** From 0 to 1; failures that lie in the request do not count, and 1 where nothing is known. */
  readonly successRate: number
  /** The share of attempts after which another model was asked. */
  readonly fallbackRate: number
  /** Of those, the share of which the request was answered in the end; absent where no other model was asked. */
  readonly fallbackSuccessRate?: number
  /** Milliseconds that routes took to choose, where this model was asked first; of this window alone. */
  readonly selectionMs?: Quantiles
  /** How far the estimate of tokens was from the provider's exact count, as a share of it; of this window alone. */
  readonly estimateError?: Pick<Quantiles, 'p50' | 'p95'>
  /** The share of requests that the response cache answered. */
  readonly cacheHitRate: number
  /** USD for an answer, with the failures on the way to it; absent where no price is known. */
  readonly costPerRequest?: number
  /** From 0 to 100, see `healthScore`. */
  readonly healthScore: number
  readonly degradation?: Degradation
  /** Milliseconds since the epoch at the end of the latest attempt, and of the latest that succeeded. */
  readonly lastAttemptAt?: number
  readonly lastSuccessAt?: number
}

/** Undefined for a model that was never asked. Fast enough to be called for each candidate of a request. */
export type Statistics = (model: ModelRef) => ModelStatistics | undefined

interface ModelMetrics extends ModelStatistics {
  readonly model: ModelRef
}

interface ConnectionMetrics extends ModelStatistics {
  readonly connection: string
}

export interface Metrics {
  /** Counts one attempt, of now or of earlier. */
  record(record: AttemptRecord): void
  readonly model: Statistics
  connection(connectionId: string): ModelStatistics | undefined
  /** The same, of the last hour alone; undefined where nothing was asked in it. */
  readonly lastHour: Pick<Metrics, 'model' | 'connection'>
  /** The latest used first. */
  models(): readonly ModelMetrics[]
  connections(): readonly ConnectionMetrics[]
}

export interface MetricsOptions {
  readonly clock: Pick<Clock, 'now'>
}

/** Those that were used longest ago are forgotten first. */
const mostSeries = 2_000

function quantilesOf(histogram: Histogram): Quantiles | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => histogram.quantile(q))
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 }
}

function share(part: number, whole: number, otherwise: number): number {
  return whole > 0 ? part / whole : otherwise
}

interface Known {
  readonly recent: Summary
  readonly history: Summary
}

function sumUp({ recent, history }: Known): Summary {
  const all = createSummary()
  mergeSummary(all, history, 1)
  mergeSummary(all, recent, 1)
  return all
}

/** The share cannot be above 1: an answer counts a moment later than the turn to it, and so fades later. */
function describeChoice({ counts, selectionMs, estimateError }: Summary): Partial<ModelStatistics> {
  const selection = quantilesOf(selectionMs)
  const error = quantilesOf(estimateError)
  return {
    ...(counts.fallbacks > 0
      ? { fallbackSuccessRate: Math.min(1, share(counts.fallbackSuccesses, counts.fallbacks, 0)) }
      : {}),
    ...(selection === undefined ? {} : { selectionMs: selection }),
    ...(error === undefined ? {} : { estimateError: { p50: error.p50 / 100, p95: error.p95 / 100 } }),
  }
}

function describe(known: Known, latest: Latest, sum: Summary): ModelStatistics {
  const { counts } = sum
  const latencyMs = quantilesOf(sum.latencyMs)
  const firstPartMs = quantilesOf(sum.firstPartMs)
  const tokensPerSecond = sum.speed.quantile(0.5)
  const degradation = findDegradation(known)
  const { requests, attemptAt, successAt } = latest
  return {
    requests,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(firstPartMs === undefined ? {} : { firstPartMs }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    successRate: share(counts.successes, counts.successes + counts.failures, 1),
    fallbackRate: share(counts.fallbacks, counts.attempts, 0),
    ...describeChoice(sum),
    cacheHitRate: share(counts.cacheHits, counts.cacheHits + counts.requests, 0),
    ...(counts.priced > 0 ? { costPerRequest: counts.usd / counts.priced } : {}),
    healthScore: healthScore(known),
    ...(degradation === undefined ? {} : { degradation }),
    ...(attemptAt === undefined ? {} : { lastAttemptAt: attemptAt }),
    ...(successAt === undefined ? {} : { lastSuccessAt: successAt }),
  }
}

interface Latest {
  requests: number
  attemptAt: number | undefined
  successAt: number | undefined
}

interface Entry {
  readonly model: ModelRef
  readonly series: Series
  readonly latest: Latest
  told: { readonly version: number; readonly statistics: ModelStatistics } | undefined
}

function knownOf({ series }: Entry, now: number): Known {
  return { recent: series.recent(now), history: series.history(now) }
}

function tellLastHour(entry: Entry, now: number): ModelStatistics | undefined {
  const known = knownOf(entry, now)
  const requests = known.recent.counts.attempts
  return requests === 0 ? undefined : describe(known, { ...entry.latest, requests }, known.recent)
}

/** What has not changed is not computed again. */
function tell(entry: Entry, now: number): ModelStatistics {
  const version = entry.series.version(now)
  if (entry.told?.version === version) return entry.told.statistics
  const known = knownOf(entry, now)
  const statistics = describe(known, entry.latest, sumUp(known))
  entry.told = { version, statistics }
  return statistics
}

function note({ latest }: Entry, { at, latencyMs, outcome }: AttemptRecord): void {
  const end = at + latencyMs
  latest.requests++
  latest.attemptAt = Math.max(end, latest.attemptAt ?? end)
  if (outcome.kind === 'success') latest.successAt = Math.max(end, latest.successAt ?? end)
}

/** Entries in the order of their last use. Two maps of plain ids are read faster than one of joined names. */
function createEntries() {
  const byConnection = new Map<string, Map<string, Entry>>()
  const inOrder = new Set<Entry>()

  function forget(entry: Entry): void {
    inOrder.delete(entry)
    byConnection.get(entry.model.connection)?.delete(entry.model.id)
  }

  function create(model: ModelRef): Entry {
    const latest = { requests: 0, attemptAt: undefined, successAt: undefined }
    const entry = { model, series: createSeries(), latest, told: undefined }
    const siblings = byConnection.get(model.connection) ?? new Map<string, Entry>()
    byConnection.set(model.connection, siblings.set(model.id, entry))
    return entry
  }

  const get = (connection: string, id: string): Entry | undefined => byConnection.get(connection)?.get(id)
  return {
    get,
    latestFirst: () => [...inOrder].toReversed(),
    use({ connection, id }: ModelRef): Entry {
      const entry = get(connection, id) ?? create({ connection, id })
      inOrder.delete(entry)
      inOrder.add(entry)
      for (const oldest of inOrder) {
        if (inOrder.size <= mostSeries) break
        forget(oldest)
      }
      return entry
    },
  }
}

/** How the models and connections do, by what the ledger says of each attempt. */
export function createMetrics({ clock }: MetricsOptions): Metrics {
  const models = createEntries()
  /** Under an empty model id. */
  const connections = createEntries()
  const fallbacks = createFallbackWatch()

  function change(model: ModelRef, at: number, apply: (summary: Summary, weight: number) => void): void {
    const now = clock.now()
    models.use(model).series.at(at, now, apply)
    connections.use({ connection: model.connection, id: '' }).series.at(at, now, apply)
  }

  function record(attempt: AttemptRecord): void {
    const { model, at, latencyMs, isCacheHit } = attempt
    const { from, rescued } = isCacheHit ? { from: undefined, rescued: [] } : fallbacks.follow(attempt)
    if (from !== undefined) {
      change(from, at, ({ counts }, weight) => void (counts.fallbacks += weight))
    }
    for (const earlier of rescued) {
      change(earlier, at, ({ counts }, weight) => void (counts.fallbackSuccesses += weight))
    }
    change(model, at + latencyMs, (summary, weight) => addRecord(summary, attempt, weight))
    if (isCacheHit) return
    note(models.use(model), attempt)
    note(connections.use({ connection: model.connection, id: '' }), attempt)
  }

  function find<T>(entry: Entry | undefined, telling: (entry: Entry, now: number) => T): T | undefined {
    return entry === undefined ? undefined : telling(entry, clock.now())
  }

  return {
    record,
    model: ({ connection, id }) => find(models.get(connection, id), tell),
    connection: (connectionId) => find(connections.get(connectionId, ''), tell),
    lastHour: {
      model: ({ connection, id }) => find(models.get(connection, id), tellLastHour),
      connection: (connectionId) => find(connections.get(connectionId, ''), tellLastHour),
    },
    models: () => models.latestFirst().map((entry) => ({ model: entry.model, ...tell(entry, clock.now()) })),
    connections: () =>
      connections
        .latestFirst()
        .map((entry) => ({ connection: entry.model.connection, ...tell(entry, clock.now()) })),
  }
}
