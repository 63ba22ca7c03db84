import { cancelled, isModelError, ModelError } from '../../core/errors.js'
import type { Clock, Connecting } from '../../core/ports.js'
import { createArrivals } from './arrivals.js'
import { connectTimeoutError } from './networkError.js'
import { type QuietCheck, watchQuiet } from './quietCheck.js'
import { nameOf, type Subject } from './subject.js'
import type { Timeouts } from './timeouts.js'

/** The life of one HTTP exchange: what may end it early, and why it did. */
export interface RequestScope {
  /** Aborts with a ModelError as its reason; closes the socket. */
  readonly signal: AbortSignal
  failure(): ModelError | undefined
  fail(error: ModelError): void
  /** For the fetch that makes the connection. */
  readonly connecting: Connecting
  /** The network is waited for from here on. */
  waiting(): void
  /** Something arrived; `progress` where it was more than a ping. */
  arrived(progress: boolean): void
  /** What is left to read is worth this many milliseconds. */
  endWithin(ms: number): void
  /** Releases timers and listeners. May be called twice. */
  dispose(): void
}

export interface ScopeOptions {
  readonly subject: Subject
  readonly clock: Clock
  readonly timeouts: Timeouts
  /** The caller's. */
  readonly signal: AbortSignal
  /** Asked where an answer that has begun brings nothing but pings. */
  readonly quiet?: QuietCheck | undefined
}

export function createRequestScope(options: ScopeOptions): RequestScope {
  const controller = new AbortController()
  const watchdog = createWatchdog(options, (error) => scope.fail(error))
  let failed: ModelError | undefined
  const { signal } = options
  const abort = (): void => scope.fail(cancellation(signal.reason))
  const scope: RequestScope = {
    signal: controller.signal,
    failure: () => failed,
    fail(error) {
      if (failed !== undefined) return
      failed = error
      scope.dispose()
      controller.abort(error)
    },
    connecting: watchdog.connecting,
    waiting: () => watchdog.waiting(),
    arrived: (progress) => watchdog.arrived(progress),
    endWithin: (ms) => watchdog.endWithin(ms),
    dispose() {
      watchdog.stop()
      signal.removeEventListener('abort', abort)
    },
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  if (failed === undefined) watchdog.start()
  return scope
}

export function cancellation(reason: unknown): ModelError {
  return isModelError(reason) ? reason : cancelled()
}

interface Watchdog {
  readonly connecting: Connecting
  start(): void
  stop(): void
  waiting(): void
  arrived(progress: boolean): void
  endWithin(ms: number): void
}

/** One timer per phase, not one per arrival. A consumer that reads slowly is not the network's fault. */
function createWatchdog(options: ScopeOptions, expire: (error: ModelError) => void): Watchdog {
  const { clock, timeouts } = options
  const arrivals = createArrivals(clock)
  const latest = arrivals.last() + (timeouts.totalMs ?? Infinity)
  let end = latest
  let stop: (() => void) | undefined
  const connection = createConnectionLimit(options, () => wakeEarlier())
  const quiet = watchQuiet(options, arrivals, () => wakeEarlier())
  const period = Math.min(timeouts.betweenEventsMs, quiet.periodMs)
  let ringsAt = arrivals.last()
  const dueAt = (): number => {
    if (!arrivals.isWaiting()) return Math.min(end, clock.monotonic() + timeouts.betweenEventsMs)
    const isFirst = arrivals.isFirst()
    const silent = arrivals.last() + (isFirst ? timeouts.firstByteMs : timeouts.betweenEventsMs)
    const idle = arrivals.lastProgress() + Math.max(timeouts.noProgressMs, timeouts.firstByteMs)
    return Math.min(end, connection.dueAt(), silent, idle, isFirst ? Infinity : quiet.dueAt())
  }
  const start = (): void => {
    // Not later than the next phase could need it: to ring too early is rare, and to set a timer anew is not.
    ringsAt = Math.min(dueAt(), clock.monotonic() + period)
    stop = clock.alarm(ringsAt - clock.monotonic(), ring)
  }
  /** A timer that rings too early is set again. */
  const ring = (): void => {
    if (dueAt() > clock.monotonic() || quiet.ask()) start()
    else expire(connection.failure() ?? quiet.failure() ?? silence(options, arrivals.last()))
  }
  const wakeEarlier = (): void => {
    if (stop === undefined || dueAt() >= ringsAt) return
    stop()
    start()
  }
  return {
    start,
    connecting: connection.connecting,
    stop() {
      stop?.()
      stop = undefined
      quiet.dispose()
    },
    waiting: () => arrivals.waiting(),
    arrived(progress) {
      const wasFirst = arrivals.isFirst()
      arrivals.arrived(progress)
      connection.connecting.done()
      if (wasFirst) wakeEarlier()
    },
    endWithin(ms) {
      end = Math.min(latest, clock.monotonic() + ms)
      wakeEarlier()
    },
  }
}

interface ConnectionLimit {
  readonly connecting: Connecting
  dueAt(): number
  /** Undefined unless a connection is being made. */
  failure(): ModelError | undefined
}

function createConnectionLimit(
  { clock, subject, timeouts }: ScopeOptions,
  onBegin: () => void,
): ConnectionLimit {
  let began: number | undefined
  return {
    connecting: {
      began() {
        began = clock.monotonic()
        onBegin()
      },
      done: () => void (began = undefined),
    },
    dueAt: () => (began === undefined ? Number.POSITIVE_INFINITY : began + timeouts.connectMs),
    failure: () =>
      began === undefined ? undefined : connectTimeoutError(subject, clock.monotonic() - began),
  }
}

function silence({ clock, subject }: ScopeOptions, lastArrival: number): ModelError {
  const seconds = Math.round((clock.monotonic() - lastArrival) / 1000)
  const next =
    subject.location === 'local'
      ? 'See whether the server is still loading the model, or choose a smaller one.'
      : 'Check the network and the base URL, try again, or choose another model.'
  return new ModelError({
    code: 'timeout',
    message: `${nameOf(subject)} at ${subject.host} sent nothing for ${seconds} ${seconds === 1 ? 'second' : 'seconds'}. ${next}`,
    provider: subject.provider,
    retryable: true,
    model: subject.model,
  })
}
