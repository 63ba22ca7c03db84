import type { Budget } from '../../core/usage/budget.js'
import { writeAmount, writeMoment } from '../../core/usage/budgetText.js'
import { markdownTable } from './markdownTable.js'

/** How far a budget is used, in its own unit. */
export interface BudgetUse {
  readonly budget: Budget
  /** Empty where it is about everything. */
  readonly scopeValue: string
  /** Milliseconds since the epoch. */
  readonly window: { readonly end: number }
  readonly spent: number
  readonly reserved: number
}

function scopeOf({ budget, scopeValue }: BudgetUse): string {
  return scopeValue === '' ? 'everything' : `${budget.scope.kind} ${scopeValue}`
}

const explanation = `Budgets are the setting \`roundhouse.budgets\`. A hard one refuses what does not fit; a soft one only warns.`

/** Markdown: each budget with what is used of it and when it starts anew. */
export function budgetTable(uses: readonly BudgetUse[]): string {
  const rows = uses.map((use) => {
    const { budget, spent, reserved, window } = use
    const write = (amount: number) => writeAmount(budget.unit, amount)
    return [
      budget.name,
      `${budget.kind}, each ${budget.window}`,
      scopeOf(use),
      write(spent),
      reserved > 0 ? write(reserved) : '',
      write(budget.limit),
      `${Math.round((100 * spent) / budget.limit)} %`,
      writeMoment(window.end, budget.timeZone),
    ]
  })
  const head = [
    'Budget',
    'Kind',
    'For',
    'Used',
    'Kept for requests under way',
    'Limit',
    'Share',
    'Starts anew',
  ]
  return markdownTable(head, rows)
}

/** Markdown: the page of the budgets. */
export function budgetReport(uses: readonly BudgetUse[]): string {
  const body = uses.length === 0 ? 'There is none, or nothing was counted yet.' : budgetTable(uses)
  return `# Budgets\n\n${body}\n\n${explanation}\n`
}
