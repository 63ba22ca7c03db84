import type { ChatRequest } from '../chat.js'
import type { ModelInfo } from '../model.js'
import type { Disposable } from '../ports.js'
import type { CandidateCheck } from '../routing/candidate.js'
import { createJumpWatch } from '../routing/clockJumps.js'
import { createAdvances } from './advances.js'
import { type AttemptRecord, attemptIdOf } from './attemptRecord.js'
import type { Budget } from './budget.js'
import { createBudgetCheck } from './budgetCheck.js'
import {
  type BudgetClaim,
  type BudgetClaimsOptions,
  createBudgetClaims,
  type OpenAttempt,
} from './budgetClaims.js'
import { createBudgetCounters } from './budgetCounters.js'
import {
  type BudgetPlan,
  createBudgetPlan,
  type PlannedBudget,
  refusesUnknownPrice,
  shownAmount,
} from './budgetPlan.js'
import { type BudgetWarning, createBudgetWarnings } from './budgetWarnings.js'
import { sumTokens } from './price.js'
import { createReservationRenewal, renewEveryMs } from './reservationRenewal.js'
import { createReservations } from './reservations.js'
import type { Window } from './windows.js'

export interface BudgetsOptions extends BudgetClaimsOptions {
  /** Asked anew for each request. */
  readonly budgets: () => readonly Budget[]
  /** Settles what has ended; false where nothing has since. Before anything is refused or shown. */
  readonly catchUp?: () => boolean
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

export interface Budgets extends Disposable {
  /** Undefined where no budget is about it; throws ModelError `budget-exceeded` where the price is unknown. */
  claim(request: ChatRequest, signal: AbortSignal): Promise<BudgetClaim | undefined>
  /** The hard budget that refuses the request's model for its price is unknown; undefined if none does. */
  refusesPrice(request: ChatRequest): { readonly budget: Budget; readonly model: ModelInfo } | undefined
  /** For routing: excludes what a hard budget would refuse. */
  readonly check: CandidateCheck
  /** What was reserved for the attempt stays until it is settled. */
  expect(record: AttemptRecord): void
  /** Gives back what was reserved for attempts and counts what they used; for the ledger's transaction. */
  settle(records: readonly AttemptRecord[]): void
  /** Warns of the thresholds that what was settled has reached; after the ledger's transaction. */
  warn(): void
  status(): readonly BudgetStatus[]
  /** Gives back what was reserved ahead for requests that have not come; false if nothing was. */
  giveBackAhead(): boolean
}

function createParts(options: BudgetsOptions) {
  const { database, budgets, clock } = options
  const counters = createBudgetCounters(database)
  const plan = createBudgetPlan(budgets)
  const hasJumped = createJumpWatch(clock, 2 * renewEveryMs)
  const reservations = createReservations(database, counters, hasJumped)
  const renewal = createReservationRenewal({ ...options, reservations })
  const advances = createAdvances({ ...options, reservations, renewal })
  const warnings = createBudgetWarnings({ ...options, counters })
  return {
    counters,
    plan,
    reservations,
    renewal,
    advances,
    warnings,
    open: new Map<string, OpenAttempt>(),
    ...createCatchUp(options),
  }
}

/** A server that keeps to its limit uses no more than was reserved; what others use is settled before the next request. */
function createCatchUp({ catchUp }: BudgetsOptions) {
  let isBehind = false
  return {
    note: ({ cost, tokens }: AttemptRecord, { reserved }: OpenAttempt): void => {
      const { usd = 0, inputTokens, outputTokens } = reserved
      isBehind ||= (cost?.usd ?? 0) > usd || sumTokens(tokens) > inputTokens + outputTokens
    },
    catchUp(): void {
      if (isBehind) catchUp?.()
      isBehind = false
    },
  }
}

function createPriceRefusal(
  { findModel, estimate, clock }: BudgetsOptions,
  plan: BudgetPlan,
): Budgets['refusesPrice'] {
  return (request) => {
    const model = findModel(request.model)
    if (model === undefined || request.unknownPrice === 'allow') return undefined
    const subject = { provider: model.provider, model: request.model, caller: request.caller }
    const first = plan.planFor(subject, clock.now()).find(({ budget }) => refusesUnknownPrice(budget))
    if (first === undefined || estimate(request, model).usd !== undefined) return undefined
    return { budget: first.budget, model }
  }
}

function identifyBudget({ budget, key }: PlannedBudget): string {
  return `${budget.id}\u0000${key.scopeValue}`
}

type Parts = ReturnType<typeof createParts>

/** What becomes of reservations when their attempts have ended, by way of the ledger's transaction. */
function createSettlement({ counters, reservations, renewal, advances, open, note, warnings }: Parts) {
  /** Attempts of the latest transaction; what it has settled is known once it stands. */
  let settling: readonly string[] = []
  /** By attempt, until its record stands in the ledger. */
  const ended = new Map<string, OpenAttempt>()

  function expect(record: AttemptRecord): void {
    const attemptId = attemptIdOf(record)
    const attempt = open.get(attemptId)
    if (attempt === undefined) return
    note(record, attempt)
    ended.set(attemptId, attempt)
    open.delete(attemptId)
  }

  function release(attemptId: string): void {
    const advance = ended.get(attemptId)?.advance
    if (advance === undefined) reservations.release(attemptId)
    else advances.settle(advance)
  }

  function stands(attemptId: string): void {
    const advance = ended.get(attemptId)?.advance
    if (advance === undefined) renewal.drop(attemptId)
    else advances.settled(advance)
    ended.delete(attemptId)
  }

  return {
    expect,
    settle(records: readonly AttemptRecord[]): void {
      settling = records.map(attemptIdOf)
      for (const record of records) {
        expect(record)
        release(attemptIdOf(record))
        counters.add(record)
      }
    },
    warn(): void {
      const planned = settling.flatMap((id) => ended.get(id)?.planned ?? [])
      for (const id of settling) stands(id)
      settling = []
      warnings.warn([...new Map(planned.map((one) => [identifyBudget(one), one])).values()])
    },
  }
}

/** Budgets that all windows share: what is reserved and what is spent stand in the database, never in a window. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const { database } = options
  const parts = createParts(options)
  const { counters, plan, reservations, renewal, advances } = parts
  return {
    claim: createBudgetClaims(options, parts),
    refusesPrice: createPriceRefusal(options, plan),
    check: createBudgetCheck({ ...options, plan, counters }),
    ...createSettlement(parts),
    status() {
      advances.close()
      options.catchUp?.()
      if (!database.readOnly) reservations.countLapsed(options.clock.now())
      return options.budgets().flatMap((budget) => {
        if (budget.problem !== undefined) return []
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
      })
    },
    giveBackAhead: () => advances.close(),
    dispose() {
      advances.dispose()
      renewal.dispose()
    },
  }
}
