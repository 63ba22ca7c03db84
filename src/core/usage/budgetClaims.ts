import type { AnswerLimit, ChatRequest } from '../chat.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Clock, Database, Log } from '../ports.js'
import { allotAnswer } from './allotment.js'
import { attemptIdOf } from './attemptRecord.js'
import type { AttemptWatch } from './attemptWatch.js'
import type { BudgetSubject } from './budget.js'
import type { BudgetCounters } from './budgetCounters.js'
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
}

/** What claims share with the rest of the budgets. */
export interface BudgetParts {
  readonly counters: BudgetCounters
  readonly plan: BudgetPlan
  readonly reservations: Reservations
  readonly renewal: ReservationRenewal
  readonly warnings: ReturnType<typeof createBudgetWarnings>
  /** Attempts for which something is reserved, and of whose end the ledger has not heard. */
  readonly open: Map<string, OpenAttempt>
  /** Settles attempts that have used more than was reserved for them, so that the next one sees it. */
  readonly catchUp: () => void
}

/** What one attempt may use at most, to be reserved in the budgets that are about it. */
export interface BudgetClaim extends AttemptWatch {
  /** With the attempt's number and, once it is taken, with the longest answer that the budgets allow. */
  readonly request: ChatRequest
  /** A hard budget is among those that are about it. */
  readonly isHard: boolean
  /** Reserves all or nothing by throwing; within a transaction only. */
  take(): void
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
  const tight = planned.filter(({ budget, key }) => budget.kind === 'hard' && sameCounter(key, hold.key))
  const named = tight.toSorted((a, b) => a.budget.limit - b.budget.limit)[0]
  if (named === undefined) return undefined
  const count = counters.read(named.key)
  const users = counters.users(named.key)
  return describeExhausted({ planned: named, ...count, amount: hold.amount, users, isLeast })
}

function sameCounter(a: PlannedBudget['key'], b: PlannedBudget['key']): boolean {
  return (
    a.unit === b.unit &&
    a.scope === b.scope &&
    a.windowKind === b.windowKind &&
    a.window.start === b.window.start &&
    a.window.end === b.window.end
  )
}

function createClaim(options: BudgetClaimsOptions, parts: BudgetParts, wish: Wish): BudgetClaim {
  const { clock, log } = options
  const { request, model, subject, attemptId } = wish
  const estimated = options.estimate(request, model)
  let { planned } = wish
  let limit: AnswerLimit | undefined
  /** A window of time may end while the attempt waits for its turn. */
  const isOver = (now: number): boolean =>
    planned.some(({ key: { window } }) => now < window.start || now >= window.end)

  refuseUnknown(wish, estimated)
  return {
    get request() {
      if (limit === undefined) return request
      return { ...request, parameters: { ...request.parameters, maxOutputTokens: limit.tokens } }
    },
    isHard: planned.some(({ budget }) => budget.kind === 'hard'),
    take() {
      const now = clock.now()
      if (isOver(now)) planned = parts.plan.planFor(subject, now)
      const allotted = allotAnswer({
        planned,
        estimated,
        estimateFor: estimateAnswers(options.estimate, { request, model, estimated }),
        countOf: ({ key }) => parts.counters.readOpened(key),
      })
      limit = allotted.limit && { tokens: allotted.limit.tokens, budget: allotted.limit.budget.name }
      parts.reservations.take({ attemptId, holds: planHolds(planned, allotted.estimated), now })
      parts.open.set(attemptId, { planned, reserved: allotted.estimated })
      parts.renewal.add(attemptId)
    },
    fail(error) {
      parts.open.delete(attemptId)
      parts.renewal.drop(attemptId)
      const isLeast = limit !== undefined
      limit = undefined
      const refusal =
        error instanceof Refused ? describeRefusal(parts, { hold: error.hold, planned, isLeast }) : undefined
      if (refusal !== undefined) throw budgetExceeded(refusal, model)
      const hard = planned.find(({ budget }) => budget.kind === 'hard')
      if (hard !== undefined) throw budgetUnkept(hard.budget, model, error)
      log.error('Nothing could be reserved in soft budgets', error)
    },
    see(part) {
      if (part.type !== 'finish' || part.reason !== 'length' || limit === undefined) return undefined
      return { ...part, limitedBy: limit }
    },
    end() {
      // If the ledger has not heard of it, nothing was asked.
      if (parts.open.delete(attemptId)) parts.renewal.giveBack(attemptId)
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
