import type { AnswerLimit, ChatRequest } from '../chat.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Clock, Database, Log } from '../ports.js'
import type { Advance, Advances } from './advances.js'
import { allotAnswer } from './allotment.js'
import { attemptIdOf } from './attemptRecord.js'
import type { AttemptWatch } from './attemptWatch.js'
import type { BudgetSubject } from './budget.js'
import { type BudgetCounters, type Count, isSameCounter } from './budgetCounters.js'
import {
  type BudgetPlan,
  type PlannedBudget,
  planHolds,
  refusesUnknownPrice,
  reservedAmount,
} from './budgetPlan.js'
import {
  budgetExceeded,
  budgetUnkept,
  describeExhausted,
  describeProblem,
  describeUnknownPrice,
} from './budgetText.js'
import type { createBudgetWarnings } from './budgetWarnings.js'
import { type Estimator, estimateAnswers, type RequestEstimate } from './estimateRequest.js'
import type { Further } from './further.js'
import type { ReservationRenewal } from './reservationRenewal.js'
import { Refused, type Reservations } from './reservations.js'

export interface BudgetClaimsOptions {
  readonly database: Database
  readonly estimate: Estimator
  readonly findModel: (ref: ModelRef) => ModelInfo | undefined
  /** For a model whose connection has not been listed yet. */
  readonly loadModel?: (ref: ModelRef, signal: AbortSignal) => Promise<ModelInfo | undefined>
  readonly createId: () => string
  readonly clock: Clock
  readonly log: Log
}

/** An attempt for which something is reserved. */
export interface OpenAttempt {
  readonly planned: readonly PlannedBudget[]
  readonly reserved: RequestEstimate
  /** What it was taken out of, if no transaction reserved it. */
  readonly advance?: Advance
}

/** What claims share with the rest of the budgets. */
export interface BudgetParts {
  readonly counters: BudgetCounters
  readonly plan: BudgetPlan
  readonly reservations: Reservations
  readonly renewal: ReservationRenewal
  readonly advances: Advances
  readonly warnings: ReturnType<typeof createBudgetWarnings>
  /** Attempts for which something is reserved, and of whose end the ledger has not heard. */
  readonly open: Map<string, OpenAttempt>
  /** Settles attempts that have used more than was reserved for them, so that the next one sees it. */
  readonly catchUp: () => void
}

/** What one attempt may use at most, to be reserved in the budgets that are about it. */
export interface BudgetClaim extends AttemptWatch, Further {
  /** With the attempt's number and, once it is taken, with the longest answer that the budgets allow. */
  readonly request: ChatRequest
  /** A hard budget is among those that are about it. */
  readonly isHard: boolean
  /**
   * For what `take` or its transaction has thrown. Throws ModelError `budget-exceeded`, or what keeps a hard budget from
   * being asked; what only soft budgets are about goes on without a database.
   */
  fail(error: unknown): void
}

/** What an attempt wants of the budgets that are about it. */
interface Wish {
  readonly request: ChatRequest
  readonly model: ModelInfo
  readonly subject: BudgetSubject
  readonly attemptId: string
  readonly planned: readonly PlannedBudget[]
}

/** Throws ModelError `budget-exceeded`. */
function refuseUnknown({ planned, request, model }: Wish, estimate: RequestEstimate) {
  for (const { budget } of planned) {
    if (budget.problem !== undefined) throw budgetExceeded(describeProblem(budget), model)
    if (request.unknownPrice === 'allow') continue
    if (reservedAmount(budget, estimate) !== undefined || !refusesUnknownPrice(budget)) continue
    throw budgetExceeded(describeUnknownPrice(budget, model), model)
  }
}

interface Refusal {
  readonly hold: Refused['hold']
  readonly planned: readonly PlannedBudget[]
  readonly isLeast: boolean
}

function describeRefusal({ counters }: BudgetParts, { hold, planned, isLeast }: Refusal) {
  const tight = planned.filter(({ budget, key }) => budget.kind === 'hard' && isSameCounter(key, hold.key))
  const named = tight.toSorted((a, b) => a.budget.limit - b.budget.limit)[0]
  if (named === undefined) return undefined
  const count = counters.read(named.key)
  const users = counters.users(named.key)
  return describeExhausted({ planned: named, ...count, amount: hold.amount, users, isLeast })
}

/** As though a budget were not used yet: what is taken ahead is little beside what is left. */
const untouched: Count = { spent: 0, reserved: 0 }

/** Reserves for one attempt, or takes its share of what was reserved ahead. */
function createTaking(options: BudgetClaimsOptions, parts: BudgetParts, wish: Wish) {
  const { request, model, subject, attemptId } = wish
  const { open, advances, reservations, renewal } = parts
  const estimated = options.estimate(request, model)
  const estimateFor = estimateAnswers(options.estimate, { request, model, estimated })
  let { planned } = wish
  let limit: AnswerLimit | undefined

  /** A window of time may end while the attempt waits for its turn. */
  function planAnew(now: number): void {
    const isOver = planned.some(({ key: { window } }) => now < window.start || now >= window.end)
    if (isOver) planned = parts.plan.planFor(subject, now)
  }

  function allot(countOf: (one: PlannedBudget) => Count) {
    const allotted = allotAnswer({ planned, estimated, estimateFor, countOf })
    const bound = allotted.limit && { tokens: allotted.limit.tokens, budget: allotted.limit.budget.name }
    return { bound, reserved: allotted.estimated, holds: planHolds(planned, allotted.estimated) }
  }

  return {
    estimated,
    planned: () => planned,
    limit: () => limit,
    forget(): void {
      open.delete(attemptId)
      renewal.drop(attemptId)
      limit = undefined
    },
    further: {
      takeAhead(): boolean {
        if (advances.isEmpty) return false
        planAnew(options.clock.now())
        const { bound, reserved, holds } = allot(() => untouched)
        const advance = advances.use(holds)
        if (advance === undefined) return false
        limit = bound
        open.set(attemptId, { planned, reserved, advance })
        return true
      },
      take(): void {
        const now = options.clock.now()
        planAnew(now)
        const { bound, reserved, holds } = allot(({ key }) => parts.counters.readOpened(key))
        limit = bound
        reservations.take({ attemptId, holds, now })
        advances.follow(holds, now)
        open.set(attemptId, { planned, reserved })
        renewal.add(attemptId)
      },
      stands: () => advances.stands(),
    } satisfies Further,
  }
}

function createClaim(options: BudgetClaimsOptions, parts: BudgetParts, wish: Wish): BudgetClaim {
  const { request, model, attemptId } = wish
  const taking = createTaking(options, parts, wish)
  refuseUnknown(wish, taking.estimated)
  return {
    ...taking.further,
    get request() {
      const limit = taking.limit()
      if (limit === undefined) return request
      return { ...request, parameters: { ...request.parameters, maxOutputTokens: limit.tokens } }
    },
    isHard: wish.planned.some(({ budget }) => budget.kind === 'hard'),
    fail(error) {
      const isLeast = taking.limit() !== undefined
      const planned = taking.planned()
      taking.forget()
      const refusal =
        error instanceof Refused ? describeRefusal(parts, { hold: error.hold, planned, isLeast }) : undefined
      if (refusal !== undefined) throw budgetExceeded(refusal, model)
      const hard = planned.find(({ budget }) => budget.kind === 'hard')
      if (hard !== undefined) throw budgetUnkept(hard.budget, model, error)
      options.log.error('Nothing could be reserved in soft budgets', error)
    },
    see(part) {
      const limit = taking.limit()
      if (part.type !== 'finish' || part.reason !== 'length' || limit === undefined) return undefined
      return { ...part, limitedBy: limit }
    },
    end() {
      const ended = parts.open.get(attemptId)
      // If the ledger has not heard of it, nothing was asked.
      if (!parts.open.delete(attemptId)) return
      if (ended?.advance === undefined) parts.renewal.giveBack(attemptId)
      else parts.advances.giveBack(ended.advance)
    },
  }
}

/** Claims of one window's attempts; undefined for one that no budget is about. */
export function createBudgetClaims(options: BudgetClaimsOptions, parts: BudgetParts) {
  const { clock, findModel } = options
  return async (asked: ChatRequest, signal: AbortSignal): Promise<BudgetClaim | undefined> => {
    const model = findModel(asked.model) ?? (await options.loadModel?.(asked.model, signal))
    if (model === undefined) return undefined
    const subject = { provider: model.provider, model: asked.model, caller: asked.caller }
    const planned = parts.plan.planFor(subject, clock.now())
    if (planned.length === 0) return undefined
    const attempt = asked.attempt ?? { requestId: options.createId(), number: 1 }
    const request = asked.attempt === undefined ? { ...asked, attempt } : asked
    const attemptId = attemptIdOf(attempt)
    const claim = createClaim(options, parts, { request, model, subject, attemptId, planned })
    try {
      // By itself, so that it stays counted if the request is refused.
      parts.catchUp()
      parts.reservations.countLapsed(clock.now())
    } catch (error) {
      claim.fail(error)
    }
    return claim
  }
}
