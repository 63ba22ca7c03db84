import { minuteMs } from '../../durations.js'
import { isModelError } from '../../errors.js'
import type { Clock, Disposable, Fetch, Log } from '../../ports.js'
import { createSingleFlight } from '../../singleFlight.js'
import { createTimer } from '../../timer.js'
import type { AttemptRecord } from '../attemptRecord.js'
import { type OtlpSettings, type OtlpSignal, resolveEndpoint } from './endpoint.js'
import { type BudgetShare, createMetricSums } from './metricSums.js'
import type { OtlpSource } from './otlpJson.js'
import { type PostResult, post } from './post.js'
import { toTraces } from './traces.js'

export interface OtlpExporter extends Disposable {
  /** Returns at once, whatever the collector does. */
  record(record: AttemptRecord): void
  /** Sends what there is now and then; nothing is sent before. */
  start(): void
  /** Sends what there is now. Never rejects; what could not be sent is sent with the next one. */
  flush(): Promise<void>
}

export interface OtlpExporterOptions {
  readonly settings: OtlpSettings
  readonly source: OtlpSource
  /** Read at each post of metrics. Throws ModelError where the database does. */
  readonly budgetShares?: () => readonly BudgetShare[]
  readonly fetch: Fetch
  readonly clock: Clock
  readonly log: Log
}

const intervalMs = 30_000
const mostPauseMs = 15 * minuteMs
/** What waits while nobody takes it; the oldest go first. */
const mostWaiting = 2_048
const batchSize = 512

/** A collector that fails is asked less and less often, and not before it says. */
function pauseAfter(failures: number, { retryAfterMs = 0 }: Extract<PostResult, { ok: false }>): number {
  const backoff = intervalMs * 2 ** Math.min(failures, 10)
  return Math.min(mostPauseMs, Math.max(backoff, retryAfterMs))
}

/** Attempts that wait to be told as spans. */
function createQueue(log: Log) {
  const waiting: AttemptRecord[] = []
  let dropped = 0
  return {
    push(record: AttemptRecord): void {
      waiting.push(record)
      if (waiting.length <= mostWaiting) return
      waiting.shift()
      dropped++
    },
    batch: () => waiting.slice(0, batchSize),
    remove(records: readonly AttemptRecord[]): void {
      const sent = new Set(records)
      const kept = waiting.filter((record) => !sent.has(record))
      waiting.splice(0, waiting.length, ...kept)
      if (dropped > 0) log.warn(`${dropped} spans were dropped while the collector did not take them`)
      dropped = 0
    },
  }
}

function readShares({ budgetShares, log }: OtlpExporterOptions): readonly BudgetShare[] {
  try {
    return budgetShares?.() ?? []
  } catch (error) {
    log.warn(
      `Budgets could not be exported. ${isModelError(error) ? error.message : 'They could not be read.'}`,
    )
    return []
  }
}

/** What is to be sent, and how. Throws ModelError `invalid-request` where the address is none to send to. */
function createOutbox(options: OtlpExporterOptions) {
  const { settings, source, fetch, clock, log } = options
  const urlOf = resolveEndpoint(settings)
  const sums = createMetricSums(clock.now())
  const queue = createQueue(log)
  let isChanged = false

  const send = (kind: OtlpSignal, body: object, signal: AbortSignal): Promise<PostResult> =>
    post({ url: urlOf(kind), headers: settings.headers, body, fetch, clock, signal })

  /** A batch that the collector refuses for good would be refused again. */
  async function sendTraces(signal: AbortSignal): Promise<PostResult> {
    for (let batch = queue.batch(); batch.length > 0; batch = queue.batch()) {
      const result = await send('traces', toTraces(batch, source), signal)
      if (result.ok || !result.retryable) queue.remove(batch)
      if (!result.ok) return result
    }
    return { ok: true }
  }

  async function sendMetrics(signal: AbortSignal): Promise<PostResult> {
    const body = isChanged ? sums.toMetrics(source, clock.now(), readShares(options)) : undefined
    if (body === undefined) return { ok: true }
    isChanged = false
    const result = await send('metrics', body, signal)
    if (!result.ok) isChanged = true
    return result
  }

  return {
    record(record: AttemptRecord): void {
      if (settings.metrics) sums.add(record)
      isChanged ||= settings.metrics
      if (settings.traces && !record.isCacheHit) queue.push(record)
    },
    async send(signal: AbortSignal): Promise<PostResult> {
      const traces = await sendTraces(signal)
      return traces.ok ? await sendMetrics(signal) : traces
    },
  }
}

/**
 * Sends metrics and traces to the user's own collector. Throws ModelError `invalid-request` where the address is none
 * to send to.
 */
export function createOtlpExporter(options: OtlpExporterOptions): OtlpExporter {
  const { clock, log } = options
  const outbox = createOutbox(options)
  let failures = 0
  let isDisposed = false

  const flight = createSingleFlight(async (signal) => {
    const result = await outbox.send(signal)
    if (signal.aborted) return
    if (!result.ok && failures === 0) log.warn(`Usage could not be exported: ${result.message}`)
    failures = result.ok ? 0 : failures + 1
    timer.set(result.ok ? intervalMs : pauseAfter(failures, result))
  })
  const timer = createTimer(clock, () => void flight.join())

  return {
    start: () => timer.set(intervalMs),
    record: (record) => outbox.record(record),
    async flush() {
      await flight.join()
      // What came while another run was under way goes with one of its own.
      if (failures === 0 && !isDisposed) await flight.join()
    },
    dispose() {
      isDisposed = true
      flight.dispose()
      timer.dispose()
    },
  }
}
