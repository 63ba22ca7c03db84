import { dayMs } from '../durations.js'
import type { Clock, Database, Log } from '../ports.js'
import type { Budget } from './budget.js'
import type { BudgetCounters } from './budgetCounters.js'
import { type PlannedBudget, shownAmount, storedLimit } from './budgetPlan.js'
import { describeScope, writeAmount, writeMoment } from './budgetText.js'

export interface BudgetWarning {
  readonly budget: Budget
  /** Empty for the scope `all`. */
  readonly scopeValue: string
  /** The highest threshold that was reached, from 0 to 1. */
  readonly share: number
  /** In the budget's own unit. */
  readonly spent: number
  readonly message: string
}

export interface BudgetWarningsOptions {
  readonly database: Database
  readonly counters: BudgetCounters
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly onWarning: (warning: BudgetWarning) => void
}

const claim = `INSERT INTO budget_warning (budget, starts_at, amount_limit, share) VALUES (?, ?, ?, ?)
ON CONFLICT DO NOTHING`

function describe(planned: PlannedBudget, share: number, spent: number): string {
  const { budget, key } = planned
  const used = `${writeAmount(budget.unit, spent)} of ${writeAmount(budget.unit, budget.limit)}`
  const until = writeMoment(key.window.end, budget.timeZone)
  return `${Math.round(share * 100)} % of the budget “${budget.name}”${describeScope(planned)} is used: ${used} until ${until}.`
}

/** Tells the user when a budget's thresholds are reached: whichever window comes first claims the warning. */
export function createBudgetWarnings({ database, counters, clock, log, onWarning }: BudgetWarningsOptions) {
  /** Shares that this window need not ask about again. */
  const claimed = new Set<string>()

  function claimShare({ budget, key }: PlannedBudget, share: number): boolean {
    const name = `${budget.id} ${key.scopeValue}`
    const id = [name, key.window.start, budget.limit, share].join('\u0000')
    if (claimed.has(id)) return false
    const { changes } = database.run(claim, name, key.window.start, budget.limit, share)
    claimed.add(id)
    return changes === 1
  }

  /** A workspace writes its budgets itself, as many as it likes, and warns of all of them once a day. */
  function mayWarn({ budget, key }: PlannedBudget): boolean {
    if (budget.setBy === undefined) return true
    const day = Math.floor(clock.now() / dayMs) * dayMs
    return database.run(claim, `workspace ${key.scopeValue}`, day, 0, 0).changes === 1
  }

  function warnOf(planned: PlannedBudget): void {
    const { budget, key } = planned
    const stored = counters.read(key).spent
    const reached = budget.warnAt.filter(
      (share) => share > 0 && stored >= Math.round(share * storedLimit(budget)),
    )
    const news = reached.filter((share) => claimShare(planned, share))
    if (news.length === 0) return
    const share = Math.max(...news)
    const spent = shownAmount(budget, stored)
    const message = describe(planned, share, spent)
    if (!mayWarn(planned)) return log.info(message)
    onWarning({ budget, scopeValue: key.scopeValue, share, spent, message })
  }

  return {
    /** After an attempt has been settled. Never throws: a warning that cannot be claimed is tried again. */
    warn(planned: readonly PlannedBudget[]): void {
      try {
        for (const one of planned) if (one.budget.warnAt.length > 0) warnOf(one)
      } catch (error) {
        log.error('Budgets could not be looked at', error)
      }
    },
  }
}
