import type { Credentials } from '../credentials/credentials.js'
import { minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import type { Disposable } from '../ports.js'
import type { ProviderPorts } from '../provider.js'
import { createTimer } from '../timer.js'
import type { HealthCheck, HealthRecords } from './healthRecords.js'
import { listModels } from './listModels.js'
import { locationOfConnection } from './location.js'
import type { ConnectionView, Registry } from './registry.js'

export interface HealthChecks extends Disposable {
  /** Nothing is asked before. */
  start(): void
}

export interface HealthChecksOptions {
  readonly registry: Pick<Registry, 'views' | 'view' | 'refresh'>
  readonly credentials: Pick<Credentials, 'resolve'>
  readonly ports: ProviderPorts
  /** Where the outcomes go. */
  readonly records: Pick<HealthRecords, 'last' | 'set'>
  /** Whether VS Code is in use now. */
  inUse(): boolean
  /** Milliseconds since the epoch at which a request to the connection last succeeded: that is health enough. */
  readonly lastSuccessAt?: (connectionId: string) => number | undefined
  /** Milliseconds between checks; ten minutes where absent, 0 for none at all. */
  readonly intervalMs?: () => number
}

const usualIntervalMs = 10 * minuteMs
/** The timer's own step: nothing is asked more often, and what falls due is at most so late. */
const stepMs = minuteMs

/** Left to the registry: a local server, listed each minute of use, which wakes no model, and one that is down. */
function isAsked({ connection, provider, state }: ConnectionView): boolean {
  const isCloud = locationOfConnection(connection, provider) === 'cloud'
  return connection.enabled && isCloud && state.kind === 'ready'
}

/** Lists nobody's models for their own sake: a failure makes the registry look, whose view everyone reads. */
async function check(
  options: HealthChecksOptions,
  view: ConnectionView,
  signal: AbortSignal,
): Promise<HealthCheck> {
  const { ports, credentials, registry } = options
  const { connection, provider } = view
  const key = (): Promise<string | undefined> => credentials.resolve(connection)
  const at = ports.clock.now()
  const begun = ports.clock.monotonic()
  const elapsed = (): number => ports.clock.monotonic() - begun
  try {
    await listModels({ connection, provider, key, ports, signal })
    return { at, latencyMs: elapsed() }
  } catch (error) {
    const latencyMs = elapsed()
    if (!isModelError(error)) throw error
    if (error.code !== 'cancelled') await registry.refresh(connection.id)
    return { at, latencyMs, error }
  }
}

/** Asks each cloud connection now and then whether it still answers, by its list, while VS Code is in use. */
export function createHealthChecks(options: HealthChecksOptions): HealthChecks {
  const { registry, ports, records } = options
  const running = new Set<string>()
  const stop = new AbortController()
  const timer = createTimer(ports.clock, () => tick())

  async function run(view: ConnectionView): Promise<void> {
    const { id } = view.connection
    running.add(id)
    try {
      const result = await check(options, view, stop.signal)
      if (stop.signal.aborted) return
      records.set(id, result)
    } catch (error) {
      ports.log.error(`The health of ${view.connection.name} could not be checked`, error)
    } finally {
      running.delete(id)
    }
  }

  /** What is later than now was told by a clock that has been put back since. */
  function provenAt({ connection: { id }, listedAt = 0 }: ConnectionView, now: number): number {
    const told = [listedAt, records.last(id)?.at ?? 0, options.lastSuccessAt?.(id) ?? 0]
    return Math.max(...told.filter((at) => at <= now), 0)
  }

  function tick(): void {
    timer.set(stepMs)
    const interval = options.intervalMs?.() ?? usualIntervalMs
    if (interval <= 0 || !options.inUse()) return
    const now = ports.clock.now()
    for (const view of registry.views()) {
      const isDue = provenAt(view, now) <= now - interval && !running.has(view.connection.id)
      if (isDue && isAsked(view)) void run(view)
    }
  }

  return {
    start: () => timer.set(stepMs),
    dispose() {
      timer.dispose()
      stop.abort()
    },
  }
}
