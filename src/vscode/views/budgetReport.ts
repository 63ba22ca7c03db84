import type { Budget } from '../../core/usage/budget.js'
import { writeAmount, writeMoment } from '../../core/usage/budgetText.js'
import type { SettingProblem } from '../settingProblem.js'
import { escapeMarkdown } from './format.js'
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
  if (budget.setBy === 'workspace') return 'this workspace'
  return scopeValue === '' ? 'everything' : `${budget.scope.kind} ${scopeValue}`
}

const explanation =
  'Budgets are the setting `roundhouse.budgets`. A hard one refuses what does not fit; a soft one only warns. What requests under way may cost is reserved for them. A workspace may add budgets of its own (`roundhouse.workspaceBudgets`), and change none of yours.'

const example = `For example:

\`\`\`json
"roundhouse.budgets": [{ "id": "mine", "name": "My Month", "limit": 20, "window": "month", "kind": "hard" }]
\`\`\``

/** Markdown: each budget with what is used of it and when it starts anew. */
export function budgetTable(uses: readonly BudgetUse[]): string {
  const rows = uses.map((use) => {
    const { budget, spent, reserved, window } = use
    const write = (amount: number) => writeAmount(budget.unit, amount)
    return [
      budget.name,
      `${write(spent)} of ${write(budget.limit)} (${Math.round((100 * spent) / budget.limit)} %)`,
      reserved > 0 ? write(reserved) : '',
      `${budget.kind}, each ${budget.window}`,
      scopeOf(use),
      writeMoment(window.end, budget.timeZone),
    ]
  })
  const head = ['Budget', 'Used', 'Reserved', 'Kind', 'For', 'Starts anew']
  return markdownTable(head, rows)
}

/** Markdown: the page of the budgets. */
export function budgetReport(uses: readonly BudgetUse[], problems: readonly SettingProblem[]): string {
  const parts =
    uses.length === 0
      ? ['There is none, or nothing was counted yet.', explanation, example]
      : [budgetTable(uses), explanation]
  const wrong = problems.map(({ path, message }) => `- ${escapeMarkdown(`${path} ${message}`)}`)
  const warning = wrong.length === 0 ? [] : ['**Some of the setting is not in force:**', wrong.join('\n')]
  return `# Budgets\n\n${[...warning, ...parts].join('\n\n')}\n`
}
