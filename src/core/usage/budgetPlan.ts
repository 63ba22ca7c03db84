import type { Budget, BudgetSubject, BudgetUnit } from './budget.js'
import { scopeValueOf } from './budget.js'
import type { CounterKey } from './budgetCounters.js'
import type { RequestEstimate } from './estimateRequest.js'
import { fromStoredMoney, toReservedMoney, toStoredMoney } from './money.js'
import type { Hold } from './reservations.js'
import { toStoredWhole } from './storedNumbers.js'
import { createWindows, resolveTimeZone, type Window } from './windows.js'

/** One budget that is about a request, and the counter that it looks at. */
export interface PlannedBudget {
  readonly budget: Budget
  readonly key: CounterKey
}

const toStored: Readonly<Record<BudgetUnit, (amount: number) => number>> = {
  usd: toStoredMoney,
  tokens: toStoredWhole,
  requests: toStoredWhole,
}

const fromStored: Readonly<Record<BudgetUnit, (stored: number) => number>> = {
  usd: fromStoredMoney,
  tokens: (stored) => stored,
  requests: (stored) => stored,
}

const amounts: Readonly<Record<BudgetUnit, (estimate: RequestEstimate) => number | undefined>> = {
  usd: ({ usd }) => (usd === undefined ? undefined : toReservedMoney(usd)),
  tokens: ({ inputTokens, outputTokens }) => toStoredWhole(inputTokens + outputTokens),
  requests: () => 1,
}

/** The budget's limit as its counter counts. */
export function storedLimit({ unit, limit }: Budget): number {
  return toStored[unit](limit)
}

/** A counter's amount as its budget says it: USD, tokens or requests. */
export function shownAmount({ unit }: Pick<Budget, 'unit'>, stored: number): number {
  return fromStored[unit](stored)
}

/** As the counter counts; undefined where the price is unknown. */
export function reservedAmount({ unit }: Budget, estimate: RequestEstimate): number | undefined {
  return amounts[unit](estimate)
}

/** Whether a budget keeps a model of unknown price from being asked. */
export function refusesUnknownPrice({ unit, kind, unknownPrice }: Budget): boolean {
  return unit === 'usd' && kind === 'hard' && unknownPrice === 'refuse'
}

function identify({ unit, scope, scopeValue, windowKind, window }: CounterKey): string {
  return [unit, scope, scopeValue, windowKind, window.start, window.end].join('\u0000')
}

function holdOf({ budget, key }: PlannedBudget, estimate: RequestEstimate, known: number | undefined): Hold {
  const amount = reservedAmount(budget, estimate) ?? 0
  const limit = Math.min(known ?? Infinity, budget.kind === 'hard' ? storedLimit(budget) : Infinity)
  return Number.isFinite(limit) ? { key, amount, limit } : { key, amount }
}

/** What to reserve: once for each counter, under the lowest of its hard limits. */
export function planHolds(planned: readonly PlannedBudget[], estimate: RequestEstimate): readonly Hold[] {
  const [only] = planned
  if (only !== undefined && planned.length === 1) return [holdOf(only, estimate, undefined)]
  const holds = new Map<string, Hold>()
  for (const { budget, key } of planned) {
    const id = identify(key)
    holds.set(id, holdOf({ budget, key }, estimate, holds.get(id)?.limit))
  }
  return [...holds.values()]
}

/** The budgets that are about a subject, with the windows that an instant lies in. */
export function createBudgetPlan(budgets: () => readonly Budget[]) {
  const windows = new Map<string, (instant: number) => Window>()

  function windowOf({ window, timeZone }: Budget, now: number): Window {
    const key = `${window} ${timeZone}`
    const known = windows.get(key) ?? createWindows(window, resolveTimeZone(timeZone))
    windows.set(key, known)
    return known(now)
  }

  function keyOf(budget: Budget, scopeValue: string, now: number): CounterKey {
    const { unit, scope, window } = budget
    return { unit, scope: scope.kind, scopeValue, windowKind: window, window: windowOf(budget, now) }
  }

  return {
    keyOf,
    planFor(subject: BudgetSubject, now: number): readonly PlannedBudget[] {
      return budgets().flatMap((budget) => {
        const scopeValue = scopeValueOf(budget.scope, subject)
        return scopeValue === undefined ? [] : [{ budget, key: keyOf(budget, scopeValue, now) }]
      })
    },
  }
}

export type BudgetPlan = ReturnType<typeof createBudgetPlan>
