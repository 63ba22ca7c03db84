import type { ChatRequest, Middleware } from '../chat.js'
import { minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Clock, Database, Log } from '../ports.js'
import type { CandidateCheck } from '../routing/candidate.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { Budget } from './budget.js'
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
import type { Estimator } from './estimateRequest.js'
import { createReservations } from './reservations.js'
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

export interface Budgets {
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

const attemptIdOf = (requestId: string, number: number): string => `${requestId}#${number}`

function createParts(options: BudgetsOptions) {
  const { database, budgets } = options
  const counters = createBudgetCounters(database)
  const plan = createBudgetPlan(budgets)
  const reservations = createReservations(database, counters)
  return { counters, plan, reservations, warnings: createBudgetWarnings({ ...options, counters }) }
}

type Parts = ReturnType<typeof createParts>

interface Reservation {
  readonly attemptId: string
  readonly request: ChatRequest
  readonly model: ModelInfo
  readonly planned: readonly PlannedBudget[]
}

/** Throws ModelError `budget-exceeded`; what only soft budgets are about goes on without a database. */
function take(
  options: BudgetsOptions,
  parts: Parts,
  { attemptId, request, model, planned }: Reservation,
): void {
  const estimate = options.estimate(request, model)
  for (const { budget } of planned) {
    if (reservedAmount(budget, estimate) !== undefined || !refusesUnknownPrice(budget)) continue
    throw budgetExceeded(describeUnknownPrice(budget, model), model)
  }
  try {
    const now = options.clock.now()
    const refused = parts.reservations.reserve({ attemptId, holds: planHolds(planned, estimate), now })
    if (refused === undefined) return
    const tight = planned.filter(({ budget, key }) => budget.kind === 'hard' && sameCounter(key, refused.key))
    const named = tight.toSorted((a, b) => a.budget.limit - b.budget.limit)[0]
    if (named === undefined) return
    const count = parts.counters.read(named.key)
    const users = parts.counters.users(named.key)
    const message = describeExhausted({ planned: named, ...count, amount: refused.amount, users })
    throw budgetExceeded(message, model)
  } catch (error) {
    if (planned.some(({ budget }) => budget.kind === 'hard')) throw error
    options.log.error('Nothing could be reserved in soft budgets', error)
  }
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

function createReserve(options: BudgetsOptions, parts: Parts, open: Set<string>): Middleware {
  const giveBack = (attemptId: string): void => {
    // Where the ledger has not settled it, nothing was asked.
    if (!open.delete(attemptId)) return
    try {
      options.database.transaction(() => parts.reservations.release(attemptId))
    } catch (error) {
      options.log.error('A reservation could not be given back; it lapses by itself', error)
    }
  }
  return (next) =>
    async function* reserved(request, signal) {
      const { clock, findModel } = options
      const model = findModel(request.model) ?? (await options.loadModel?.(request.model, signal))
      const subject = model && { provider: model.provider, model: request.model, caller: request.caller }
      const planned = subject === undefined ? [] : parts.plan.planFor(subject, clock.now())
      if (model === undefined || planned.length === 0) {
        yield* next(request, signal)
        return
      }
      const attempt = request.attempt ?? { requestId: options.createId(), number: 1 }
      const attemptId = attemptIdOf(attempt.requestId, attempt.number)
      take(options, parts, { attemptId, request, model, planned })
      open.add(attemptId)
      const renew = createRenewal(options, parts, attemptId)
      try {
        for await (const part of next({ ...request, attempt }, signal)) {
          renew()
          yield part
        }
      } finally {
        giveBack(attemptId)
        parts.warnings.warn(planned)
      }
    }
}

/** Budgets that all windows share: what is reserved and what is spent stand in the database, never in a window. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const parts = createParts(options)
  const { counters, plan, reservations } = parts
  const open = new Set<string>()
  return {
    reserve: createReserve(options, parts, open),
    check: createBudgetCheck({ ...options, plan, counters }),
    settle(record) {
      const attemptId = attemptIdOf(record.requestId, record.number)
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
