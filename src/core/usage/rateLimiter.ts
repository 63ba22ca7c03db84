import type { ChatRequest, Middleware } from '../chat.js'
import { cancelled, ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { Clock, Database, Log } from '../ports.js'
import type { LimitedUnit, RateLimits } from '../rateLimits.js'
import type { CandidateCheck } from '../routing/candidate.js'
import type { Estimator, RequestEstimate } from './estimateRequest.js'
import { createRankingCache, createRankingEstimate } from './rankingEstimate.js'
import { createRateUse, type RateLimitSettings } from './rateUse.js'
import { createStatedLimits, type StatedAmount } from './statedLimits.js'
import { createTurnQueue } from './turnQueue.js'

export interface RateLimiterOptions {
  readonly database: Database
  /** What the user allows a connection; asked anew for each request. */
  readonly limitsOf: (connectionId: string) => RateLimitSettings | undefined
  readonly estimate: Estimator
  readonly findModel: (ref: ModelRef) => ModelInfo | undefined
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds that a request waits for its turn at most; a minute and a half where absent. */
  readonly longestWaitMs?: () => number
}

export interface RateLimiter {
  /** Lets a request wait, in order, until limits allow it; throws ModelError `rate-limited` or `cancelled`. */
  readonly limit: Middleware
  /** For routing: excludes what would have to wait. */
  readonly check: CandidateCheck
  /** Takes what an answer of a model says about limits. */
  state(model: ModelRef, limits: RateLimits): void
}

const usualLongestWaitMs = 90_000
/** Windows that wait for the same limit look again so long after it may have gone, at most. */
const leastWaitMs = 20

const words: Readonly<Record<LimitedUnit | 'pause', string>> = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'tokens of input',
  outputTokens: 'tokens of output',
  pause: 'pause',
}

/** What holds a request back, in words, and until when: milliseconds since the epoch. */
interface Refusal {
  readonly message: string
  readonly until: number
}

function refOf({ connection, id }: ModelInfo): string {
  return formatModelRef({ connection, id })
}

function amountOf({ inputTokens, outputTokens }: RequestEstimate): StatedAmount {
  return { requests: 1, tokens: inputTokens + outputTokens, inputTokens, outputTokens }
}

/** Limits spare the provider; they must not stop the work where there is no database to count in. */
function runOrLog<T>(log: Log, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    log.error('Rate limits could not be counted', error)
    return undefined
  }
}

function createGate(options: RateLimiterOptions) {
  const { database, clock, limitsOf, log } = options
  const use = createRateUse(database)
  const stated = createStatedLimits(database)

  function lookAtStated(model: ModelInfo, amount: StatedAmount, now: number): Refusal | undefined {
    const refusal = stated.look(refOf(model), amount, now)
    if (refusal === undefined) return undefined
    const what = refusal.unit === 'pause' ? 'asks for a pause' : `has no ${words[refusal.unit]} left`
    return { message: `${model.name} ${what}, by its provider's own word.`, until: refusal.until }
  }

  function lookAtOwn(
    model: ModelInfo,
    amount: StatedAmount,
    now: number,
    isTaken: boolean,
  ): Refusal | undefined {
    const settings = limitsOf(model.connection)
    if (settings === undefined) return undefined
    const one = { connection: model.connection, tokens: amount.tokens }
    const refusal = isTaken ? use.take(one, settings, now) : use.look(one, settings, now)
    if (refusal === undefined) return undefined
    const limit = `${refusal.limit.toLocaleString('en')} ${words[refusal.unit]} a minute`
    return { message: `You allow ${model.connection} ${limit}, and they are used.`, until: refusal.until }
  }

  const orOpen = <T>(work: () => T): T | undefined => runOrLog(log, work)

  return {
    models: () => orOpen(() => stated.models(clock.now())),
    look: (model: ModelInfo, amount: StatedAmount) => {
      const now = clock.now()
      return orOpen(() => lookAtStated(model, amount, now) ?? lookAtOwn(model, amount, now, false))
    },
    take: (model: ModelInfo, amount: StatedAmount) =>
      orOpen(() => {
        const now = clock.now()
        // The write lock is for those who have limits.
        if (limitsOf(model.connection) === undefined && !stated.has(refOf(model), now)) return undefined
        return database.transaction(() => {
          const refusal = lookAtStated(model, amount, now) ?? lookAtOwn(model, amount, now, true)
          if (refusal === undefined) stated.use(refOf(model), amount)
          return refusal
        })
      }),
    correct: (connection: string, takenAt: number, tokens: number) => {
      if (limitsOf(connection) !== undefined) orOpen(() => use.correct(connection, takenAt, tokens))
    },
    state: (model: ModelRef, limits: RateLimits) => {
      orOpen(() => stated.state(formatModelRef(model), limits))
    },
  }
}

type Gate = ReturnType<typeof createGate>

function tooLong(refusal: Refusal, model: ModelInfo, now: number): ModelError {
  const retryAfterMs = Math.max(0, refusal.until - now)
  return new ModelError({
    code: 'rate-limited',
    message: `${refusal.message} Try again in ${Math.ceil(retryAfterMs / 1_000)} seconds, or choose another model.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
    retryable: true,
    retryAfterMs,
  })
}

function createWaiting(options: RateLimiterOptions, gate: Gate) {
  const { clock } = options
  const turns = createTurnQueue()
  const longest = (): number => options.longestWaitMs?.() ?? usualLongestWaitMs

  /** Where the user limits the connection, its models wait for one another. */
  const keyOf = (model: ModelInfo): string =>
    options.limitsOf(model.connection) === undefined ? refOf(model) : model.connection

  /** Looks again whenever a limit may have gone; throws at once where that would be too late. */
  async function waitForLimit(model: ModelInfo, amount: StatedAmount, end: number, signal: AbortSignal) {
    for (;;) {
      const refusal = gate.take(model, amount)
      if (refusal === undefined) return
      const ms = Math.max(leastWaitMs, refusal.until - clock.now())
      if (clock.monotonic() + ms > end) throw tooLong(refusal, model, clock.now())
      await clock.sleep(ms, signal)
    }
  }

  async function waitInOrder(model: ModelInfo, amount: StatedAmount, signal: AbortSignal): Promise<void> {
    const end = clock.monotonic() + longest()
    const deadline = new AbortController()
    const done = new AbortController()
    clock.sleep(longest(), done.signal).then(
      () => deadline.abort(),
      () => undefined,
    )
    try {
      const leave = await turns.take(keyOf(model), AbortSignal.any([signal, deadline.signal]))
      try {
        await waitForLimit(model, amount, end, signal)
      } finally {
        leave()
      }
    } catch (error) {
      if (signal.aborted) throw cancelled(signal.reason)
      if (!deadline.signal.aborted) throw error
      const refusal = gate.look(model, amount) ?? { message: 'Others wait before it.', until: clock.now() }
      throw tooLong(refusal, model, clock.now())
    } finally {
      done.abort()
    }
  }

  return async (model: ModelInfo, amount: StatedAmount, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) throw cancelled(signal.reason)
    // Nobody overtakes those who wait.
    if (turns.isFree(keyOf(model)) && gate.take(model, amount) === undefined) return
    await waitInOrder(model, amount, signal)
  }
}

function createLimit(options: RateLimiterOptions, gate: Gate): Middleware {
  const wait = createWaiting(options, gate)
  return (next) =>
    async function* limited(request: ChatRequest, signal: AbortSignal) {
      const model = options.findModel(request.model)
      if (model === undefined) {
        yield* next(request, signal)
        return
      }
      const amount = amountOf(options.estimate(request, model))
      await wait(model, amount, signal)
      const takenAt = options.clock.now()
      for await (const part of next(request, signal)) {
        if (part.type === 'usage') {
          const used = part.usage.inputTokens + part.usage.outputTokens
          gate.correct(model.connection, takenAt, used - amount.tokens)
        }
        yield part
      }
    }
}

/** Reads for all candidates of a ranking at once: most of them have no limits. */
function createCheck({ limitsOf, estimate, clock }: RateLimiterOptions, gate: Gate): CandidateCheck {
  const limitedOf = createRankingCache(clock, () => gate.models() ?? new Set<string>())
  const refusalsOf = createRankingCache(clock, () => new Map<string, Refusal | undefined>())
  const estimateOf = createRankingEstimate(estimate, clock)
  return (model, request) => {
    const isStated = limitedOf(request).has(refOf(model))
    if (!isStated && limitsOf(model.connection) === undefined) return undefined
    const amount = amountOf(estimateOf(request, model))
    const key = `${isStated ? refOf(model) : model.connection} ${amount.tokens}`
    const refusals = refusalsOf(request)
    const refusal = refusals.has(key) ? refusals.get(key) : gate.look(model, amount)
    refusals.set(key, refusal)
    return refusal === undefined ? undefined : { code: 'rate-limited', ...refusal }
  }
}

/** The user's limits and the providers' own, counted by all windows together. */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const gate = createGate(options)
  return {
    limit: createLimit(options, gate),
    check: createCheck(options, gate),
    state: gate.state,
  }
}
