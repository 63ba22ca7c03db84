import { sameModelKey } from '../catalog/sameModel.js'
import { minuteMs } from '../durations.js'
import type { ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import { backoffMs } from './backoff.js'
import type { Obstacle } from './candidate.js'
import type { Failure } from './exhausted.js'
import { type FallbackStep, strategies } from './strategies.js'

/** A model that may be asked; of one that no list names, nothing but its reference is known. */
export type FallbackCandidate = ModelRef & Pick<Partial<ModelInfo>, 'contextWindow' | 'maxInputTokens'>

export interface FallbackOptions<Candidate extends FallbackCandidate> {
  /** In the order in which they are to be asked. */
  readonly candidates: () => Iterable<Candidate>
  /** Calls of providers for the request. */
  readonly maxAttempts: number
  /** Further tries of one model in a row. */
  readonly maxRetries: number
  /** What keeps a candidate from being asked at this moment. */
  readonly obstacle: (candidate: Candidate) => Obstacle | undefined
  /** What the circuit breaker says of a model at this moment. */
  readonly circuit: (model: ModelRef) => Obstacle | undefined
  /** False where too much has been tried again lately. */
  readonly spendRetry: () => boolean
  /** Looks the connection's key up anew; true where it has become another one. */
  readonly refreshKey: (connection: string) => Promise<boolean>
  readonly clock: Pick<Clock, 'now'>
  readonly random: () => number
}

interface NextAttempt<Candidate> {
  readonly model: Candidate
  /** Milliseconds to wait before. */
  readonly delayMs: number
}

export interface Fallback<Candidate> {
  readonly failures: readonly Failure[]
  /**
   * What to ask after a failure; undefined where the request is over. `isBusy`: the connection has too many requests of
   * ours, and nobody was asked.
   */
  next(model: Candidate, error: ModelError, isBusy: boolean): Promise<NextAttempt<Candidate> | undefined>
  /** What to ask instead of a model that was not asked after all. */
  skip(model: Candidate): NextAttempt<Candidate> | undefined
}

/** Milliseconds to wait for the same model: while others could be asked, and where there is no other. */
const patienceMs = { withOthers: 1_000, alone: minuteMs } as const

function roomOf({ contextWindow, maxInputTokens }: FallbackCandidate): number {
  return Math.min(maxInputTokens ?? Infinity, contextWindow ?? Infinity)
}

/** Which candidates are left. */
function createRemaining<Candidate extends FallbackCandidate>(options: FallbackOptions<Candidate>) {
  const gone = new Set<string>()
  const blocked = new Set<string>()
  let leastRoom = 0

  function find(fits: (candidate: Candidate) => boolean): Candidate | undefined {
    for (const candidate of options.candidates()) {
      if (gone.has(formatModelRef(candidate)) || blocked.has(candidate.connection)) continue
      const room = roomOf(candidate)
      const isLong = leastRoom === 0 || (room > leastRoom && room !== Infinity)
      if (isLong && fits(candidate) && options.obstacle(candidate) === undefined) return candidate
    }
    return undefined
  }

  return {
    find,
    remove(model: Candidate, error?: ModelError, isBusy = false): void {
      gone.add(formatModelRef(model))
      if (error === undefined) return
      if (isBusy || strategies[error.code].scope === 'connection') blocked.add(model.connection)
      if (error.code === 'context-length' && roomOf(model) !== Infinity) {
        leastRoom = Math.max(leastRoom, roomOf(model))
      }
    },
  }
}

/** Decides after each failure of one request what is asked next. */
export function createFallback<Candidate extends FallbackCandidate>(
  options: FallbackOptions<Candidate>,
): Fallback<Candidate> {
  const { clock, random } = options
  const failures: Failure[] = []
  const refreshed = new Set<string>()
  const remaining = createRemaining(options)
  let retries = 0

  /** Undefined where the same model must not be asked again, or not soon. */
  function retryDelay(model: Candidate, error: ModelError): number | undefined {
    if (!error.retryable || retries >= options.maxRetries) return undefined
    const circuit = options.circuit(model)
    if (circuit?.code === 'circuit-open') return undefined
    const cooling = circuit?.until === undefined ? 0 : circuit.until - clock.now()
    const delay = Math.max(backoffMs(error, retries + 1, random), cooling)
    const patience = remaining.find(() => true) === undefined ? patienceMs.alone : patienceMs.withOthers
    return delay <= patience && options.spendRetry() ? Math.ceil(delay) : undefined
  }

  async function hasFreshKey(connection: string): Promise<boolean> {
    if (refreshed.has(connection)) return false
    refreshed.add(connection)
    return options.refreshKey(connection)
  }

  async function take(step: FallbackStep, model: Candidate, error: ModelError) {
    if (step === 'retry') {
      const delayMs = retryDelay(model, error)
      return delayMs === undefined ? undefined : { model, delayMs }
    }
    if (step === 'freshKey') return (await hasFreshKey(model.connection)) ? { model, delayMs: 0 } : undefined
    const isSibling = (candidate: Candidate): boolean => sameModelKey(candidate) === sameModelKey(model)
    const found = remaining.find(step === 'sibling' ? isSibling : () => true)
    return found === undefined ? undefined : { model: found, delayMs: 0 }
  }

  return {
    failures,
    async next(model, error, isBusy) {
      failures.push({ model: { connection: model.connection, id: model.id }, error })
      remaining.remove(model, error, isBusy)
      if (failures.length >= options.maxAttempts) return undefined
      for (const step of strategies[error.code].steps) {
        if (isBusy && step === 'retry') continue
        const attempt = await take(step, model, error)
        if (attempt === undefined) continue
        retries = attempt.model === model ? retries + 1 : 0
        return attempt
      }
      return undefined
    },
    skip(model) {
      remaining.remove(model)
      const found = remaining.find(() => true)
      retries = 0
      return found === undefined ? undefined : { model: found, delayMs: 0 }
    },
  }
}
