import type { ChatRequest } from '../chat.js'
import { writeDuration } from '../durations.js'
import { cancelled, ModelError } from '../errors.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { RateLimits } from '../rateLimits.js'
import type { CandidateCheck } from '../routing/candidate.js'
import { createTurnQueue } from '../turnQueue.js'
import { type AttemptRecord, attemptIdOf } from './attemptRecord.js'
import type { AttemptWatch } from './attemptWatch.js'
import type { Estimator, RequestEstimate } from './estimateRequest.js'
import type { Further } from './further.js'
import { createRankingCache, createRankingEstimate } from './rankingEstimate.js'
import {
  countsRate,
  createRateGate,
  type RateGate,
  type RateGateOptions,
  type RateHindrance,
  refOf,
  takeAlone,
} from './rateGate.js'
import type { StatedAmount } from './statedLimits.js'

export interface RateLimiterOptions extends RateGateOptions {
  readonly estimate: Estimator
  readonly findModel: (ref: ModelRef) => ModelInfo | undefined
  readonly clock: Clock
  /** Called before each wait, in milliseconds. */
  readonly onWait?: ((model: ModelRef, ms: number) => void) | undefined
  /** Milliseconds that a request waits for its turn at most; a minute and a half where absent. */
  readonly longestWaitMs?: () => number
}

export interface RateLimiter {
  /**
   * Lets a request wait, in order, until limits allow it. `further` is done with what is taken from them, all or nothing.
   * Throws what that throws, and ModelError `rate-limited` or `cancelled`.
   */
  admit(request: ChatRequest, signal: AbortSignal, further?: Further): Promise<AttemptWatch | undefined>
  /** For routing: excludes what would have to wait. */
  readonly check: CandidateCheck
  /** What was taken for the attempt is corrected with the next ones that are settled. */
  expect(record: AttemptRecord): void
  /** Corrects what was taken for attempts by what they used; for the ledger's transaction. */
  settle(records: readonly AttemptRecord[]): void
  /** Takes what an answer of a model says about limits. */
  state(model: ModelRef, limits: RateLimits): void
}

const usualLongestWaitMs = 90_000
/** Windows that wait for the same limit look again so long after it may have gone, at most. */
const leastWaitMs = 20

/** As much as is usual: a minute that was kept for the longest answers would let hardly anybody through. */
function amountOf({ inputTokens, usualOutputTokens: outputTokens }: RequestEstimate): StatedAmount {
  return { requests: 1, tokens: inputTokens + outputTokens, inputTokens, outputTokens }
}

function tooLong(refusal: RateHindrance, model: ModelInfo, now: number): ModelError {
  const retryAfterMs = Math.max(0, refusal.until - now)
  return new ModelError({
    code: 'rate-limited',
    message: `${refusal.message} Try again in ${writeDuration(retryAfterMs)}, or choose another model.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
    retryable: true,
    retryAfterMs,
  })
}

interface Demand {
  readonly model: ModelInfo
  readonly amount: StatedAmount
  readonly further?: Further
}

function createWaiting(options: RateLimiterOptions, gate: RateGate) {
  const { clock } = options
  const turns = createTurnQueue()
  const longest = (): number => options.longestWaitMs?.() ?? usualLongestWaitMs

  /** Where the user limits the connection, its models wait for one another. */
  const keyOf = (model: ModelInfo): string =>
    countsRate(options.limitsOf(model.connection)) ? model.connection : refOf(model)

  /** Looks again whenever a limit may have gone; throws at once where that would be too late. */
  async function waitForLimit({ model, amount, further }: Demand, end: number, signal: AbortSignal) {
    for (;;) {
      const refusal = gate.take(model, amount, further)
      if (refusal === undefined) return
      const ms = Math.max(leastWaitMs, refusal.until - clock.now())
      if (clock.monotonic() + ms > end) throw tooLong(refusal, model, clock.now())
      options.onWait?.({ connection: model.connection, id: model.id }, ms)
      await clock.sleep(ms, signal)
    }
  }

  async function waitInOrder(demand: Demand, signal: AbortSignal): Promise<void> {
    const { model, amount } = demand
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
        await waitForLimit(demand, end, signal)
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

  return async (demand: Demand, signal: AbortSignal): Promise<void> => {
    const { model, amount, further } = demand
    if (signal.aborted) throw cancelled(signal.reason)
    // Nobody overtakes those who wait.
    if (turns.isFree(keyOf(model)) && gate.take(model, amount, further) === undefined) return
    await waitInOrder(demand, signal)
  }
}

interface Taken {
  readonly connection: string
  readonly at: number
  readonly tokens: number
  used: number
}

/** What was taken for attempts that are under way, so that the ledger's transaction can correct it. */
function createTaken(gate: RateGate) {
  const open = new Map<string, Taken>()
  /** Of attempts that have ended. */
  const expected: Taken[] = []
  const correct = ({ connection, at, tokens, used }: Taken): void =>
    gate.correct(connection, at, used - tokens)

  function expect(record: AttemptRecord): void {
    const id = attemptIdOf(record)
    const one = open.get(id)
    if (one !== undefined) expected.push(one)
    open.delete(id)
  }

  return {
    watch({ attempt }: ChatRequest, taken: Omit<Taken, 'used'>): AttemptWatch {
      const id = attempt === undefined ? undefined : attemptIdOf(attempt)
      const one: Taken = { ...taken, used: taken.tokens }
      if (id !== undefined) open.set(id, one)
      return {
        see(part) {
          if (part.type === 'usage') one.used = part.usage.inputTokens + part.usage.outputTokens
        },
        end() {
          // Where the ledger has not heard of it, nobody else corrects it.
          if (id === undefined || open.delete(id)) gate.orOpen(() => correct(one))
        },
      }
    },
    expect,
    /** What is undone with the transaction is lost, and the minute is soon over. */
    settle(records: readonly AttemptRecord[]): void {
      for (const record of records) expect(record)
      for (const one of expected.splice(0)) correct(one)
    },
  }
}

function createAdmit(options: RateLimiterOptions, gate: RateGate, taken: ReturnType<typeof createTaken>) {
  const wait = createWaiting(options, gate)
  const admit: RateLimiter['admit'] = async (request, signal, further) => {
    const model = options.findModel(request.model)
    if (model === undefined) {
      if (further !== undefined) takeAlone(options.database, further)
      return undefined
    }
    const amount = amountOf(options.estimate(request, model))
    await wait({ model, amount, ...(further === undefined ? {} : { further }) }, signal)
    const { connection } = model
    if (!countsRate(options.limitsOf(connection))) return undefined
    return taken.watch(request, { connection, at: options.clock.now(), tokens: amount.tokens })
  }
  return admit
}

/** Reads for all candidates of a ranking at once: most of them have no limits. */
function createCheck(options: RateLimiterOptions, gate: RateGate): CandidateCheck {
  const { limitsOf, estimate, clock, catchUp } = options
  const limitedOf = createRankingCache(clock, () => gate.models() ?? new Set<string>())
  const refusalsOf = createRankingCache(clock, () => {
    catchUp?.()
    return new Map<string, RateHindrance | undefined>()
  })
  const estimateOf = createRankingEstimate(estimate, clock)
  return (model, request) => {
    const isStated = limitedOf(request).has(refOf(model))
    if (!isStated && !countsRate(limitsOf(model.connection))) return undefined
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
  const gate = createRateGate(options)
  const taken = createTaken(gate)
  return {
    admit: createAdmit(options, gate, taken),
    check: createCheck(options, gate),
    expect: (record) => taken.expect(record),
    settle: (records) => taken.settle(records),
    state: gate.state,
  }
}
