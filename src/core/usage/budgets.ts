import type { ChatRequest, Middleware } from '../chat.js'
import { minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Clock, Database, Log } from '../ports.js'
import type { CandidateCheck } from '../routing/candidate.js'
import { type AttemptRecord, attemptIdOf } from './attemptRecord.js'
import { type AttemptWatch, watchAttempts } from './attemptWatch.js'
import type { Budget, BudgetSubject } from './budget.js'
import { createBudgetCheck } from './budgetCheck.js'
import { createBudgetCounters } from './budgetCounters.js'
import {
  createBudgetPlan,
  type PlannedBudget,
  planHolds,
  refusesUnknownPrice,
  reservedAmount,
  shownAmount,
} from './budgetPlan.js'
import { budgetExceeded, describeExhausted, describeUnknownPrice } from './budgetText.js'
import { type BudgetWarning, createBudgetWarnings } from './budgetWarnings.js'
import type { Estimator, RequestEstimate } from './estimateRequest.js'
import { createReservations, Refused } from './reservations.js'
import type { Window } from './windows.js'

export interface BudgetsOptions {
  readonly database: Database
  /** Asked anew for each request. */
  readonly budgets: () => readonly Budget[]
  readonly estimate: Estimator
  readonly findModel: (ref: ModelRef) => ModelInfo | undefined
  /** For a model whose connection has not been listed yet. */
  readonly loadModel?: (ref: ModelRef, signal: AbortSignal) => Promise<ModelInfo | undefined>
  readonly createId: () => string
  readonly clock: Clock
  readonly log: Log
  /** Called once for each threshold of a budget's window, in one of all windows of VS Code. */
  readonly onWarning: (warning: BudgetWarning) => void
}

/** How far a budget is used, in its own unit. */
interface BudgetStatus {
  readonly budget: Budget
  /** Empty for the scope `all`. */
  readonly scopeValue: string
  readonly window: Window
  readonly spent: number
  readonly reserved: number
}

/** What one attempt may use at most, to be reserved in the budgets that are about it. */
interface BudgetClaim extends AttemptWatch {
  /** With the attempt's number. */
  readonly request: ChatRequest
  /** Reserves all or nothing by throwing; within a transaction only. */
  take(): void
  /**
   * For what `take` or its transaction has thrown. Throws ModelError `budget-exceeded`, or what keeps a hard budget from
   * being asked; what only soft budgets are about goes on without a database.
   */
  fail(error: unknown): void
}

export interface Budgets {
  /** Undefined where no budget is about it; throws ModelError `budget-exceeded` where the price is unknown. */
  claim(request: ChatRequest, signal: AbortSignal): Promise<BudgetClaim | undefined>
  /** Reserves the most that an attempt may use; throws ModelError `budget-exceeded` where a hard budget refuses. */
  readonly reserve: Middleware
  /** For routing: excludes what a hard budget would refuse. */
  readonly check: CandidateCheck
  /** Gives back what was reserved for an attempt and counts what it used; for the ledger's transaction. */
  settle(record: AttemptRecord): void
  status(): readonly BudgetStatus[]
}

/** Milliseconds between two renewals of a reservation while an answer streams. */
const renewEveryMs = minuteMs

function createParts(options: BudgetsOptions) {
  const { database, budgets } = options
  const counters = createBudgetCounters(database)
  const plan = createBudgetPlan(budgets)
  const reservations = createReservations(database, counters)
  return { counters, plan, reservations, warnings: createBudgetWarnings({ ...options, counters }) }
}

type Parts = ReturnType<typeof createParts>

/** What an attempt wants of the budgets that are about it. */
interface Wish {
  readonly request: ChatRequest
  readonly model: ModelInfo
  readonly attemptId: string
  readonly planned: () => readonly PlannedBudget[]
}

/** Throws ModelError `budget-exceeded`. */
function refuseUnknownPrices(planned: readonly PlannedBudget[], estimate: RequestEstimate, model: ModelInfo) {
  for (const { budget } of planned) {
    if (reservedAmount(budget, estimate) !== undefined || !refusesUnknownPrice(budget)) continue
    throw budgetExceeded(describeUnknownPrice(budget, model), model)
  }
}

function describeRefusal({ counters }: Parts, { hold }: Refused, planned: readonly PlannedBudget[]) {
  const tight = planned.filter(({ budget, key }) => budget.kind === 'hard' && sameCounter(key, hold.key))
  const named = tight.toSorted((a, b) => a.budget.limit - b.budget.limit)[0]
  if (named === undefined) return undefined
  const count = counters.read(named.key)
  const users = counters.users(named.key)
  return describeExhausted({ planned: named, ...count, amount: hold.amount, users })
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

/** Renews while parts come, so that a long answer does not lose what is reserved for it. */
function createRenewal({ clock, log }: BudgetsOptions, parts: Parts, attemptId: string) {
  let last = clock.monotonic()
  return (): void => {
    if (clock.monotonic() - last < renewEveryMs) return
    last = clock.monotonic()
    try {
      parts.reservations.renew(attemptId, clock.now())
    } catch (error) {
      log.warn(isModelError(error) ? error.message : 'A reservation could not be renewed')
    }
  }
}

function createClaims(options: BudgetsOptions, parts: Parts, open: Set<string>) {
  const { clock, estimate, findModel, log } = options

  const giveBack = (attemptId: string): void => {
    // Where the ledger has not settled it, nothing was asked.
    if (!open.delete(attemptId)) return
    try {
      options.database.transaction(() => parts.reservations.release(attemptId))
    } catch (error) {
      options.log.error('A reservation could not be given back; it lapses by itself', error)
    }
  }
  /** Asked anew where a window of time has ended while the attempt waited. */
  function createPlan(subject: BudgetSubject): () => readonly PlannedBudget[] {
    let planned = parts.plan.planFor(subject, clock.now())
    return () => {
      const now = clock.now()
      const isOver = planned.some(({ key }) => now < key.window.start || now >= key.window.end)
      if (isOver) planned = parts.plan.planFor(subject, now)
      return planned
    }
  }

  function createClaim({ request, model, attemptId, planned }: Wish): BudgetClaim {
    const estimated = estimate(request, model)
    const renew = createRenewal(options, parts, attemptId)
    return {
      request,
      take() {
        const holds = planHolds(planned(), estimated)
        parts.reservations.take({ attemptId, holds, now: clock.now() })
        open.add(attemptId)
      },
      fail(error) {
        open.delete(attemptId)
        const refusal = error instanceof Refused ? describeRefusal(parts, error, planned()) : undefined
        if (refusal !== undefined) throw budgetExceeded(refusal, model)
        if (planned().some(({ budget }) => budget.kind === 'hard')) throw error
        log.error('Nothing could be reserved in soft budgets', error)
      },
      see: renew,
      end() {
        giveBack(attemptId)
        parts.warnings.warn(planned())
      },
    }
  }

  return async (asked: ChatRequest, signal: AbortSignal): Promise<BudgetClaim | undefined> => {
    const model = findModel(asked.model) ?? (await options.loadModel?.(asked.model, signal))
    if (model === undefined) return undefined
    const subject = { provider: model.provider, model: asked.model, caller: asked.caller }
    const planned = createPlan(subject)
    if (planned().length === 0) return undefined
    refuseUnknownPrices(planned(), estimate(asked, model), model)
    const attempt = asked.attempt ?? { requestId: options.createId(), number: 1 }
    const request = asked.attempt === undefined ? { ...asked, attempt } : asked
    const claim = createClaim({ request, model, attemptId: attemptIdOf(attempt), planned })
    try {
      // By itself, so that it stays given back where the request is refused.
      parts.reservations.giveLapsedBack(clock.now())
    } catch (error) {
      claim.fail(error)
    }
    return claim
  }
}

/** Budgets that all windows share: what is reserved and what is spent stand in the database, never in a window. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const parts = createParts(options)
  const { counters, plan, reservations } = parts
  const open = new Set<string>()
  const claim = createClaims(options, parts, open)
  return {
    claim,
    reserve: watchAttempts(async (asked, signal) => {
      const claimed = await claim(asked, signal)
      if (claimed === undefined) return { request: asked, watches: [] }
      try {
        options.database.transaction(() => claimed.take())
      } catch (error) {
        claimed.fail(error)
      }
      return { request: claimed.request, watches: [claimed] }
    }),
    check: createBudgetCheck({ ...options, plan, counters }),
    settle(record) {
      const attemptId = attemptIdOf(record)
      open.delete(attemptId)
      reservations.release(attemptId)
      counters.add(record)
    },
    status: () =>
      options.budgets().flatMap((budget) => {
        const key = plan.keyOf(budget, budget.scope.value ?? '', options.clock.now())
        const isOne = budget.scope.kind === 'all' || budget.scope.value !== undefined
        const found = isOne ? [{ scopeValue: key.scopeValue, ...counters.read(key) }] : counters.list(key)
        return found.map(({ scopeValue, spent, reserved }) => ({
          budget,
          scopeValue,
          window: key.window,
          spent: shownAmount(budget, spent),
          reserved: shownAmount(budget, reserved),
        }))
      }),
  }
}
