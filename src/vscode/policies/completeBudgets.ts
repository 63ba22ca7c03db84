import { type Budget, budgetDefaults } from '../../core/usage/budget.js'
import type { BudgetEntry } from './budgetSchema.js'
import type { NamedBudgetEntry } from './workspaceBudgets.js'

/** With what the user left out. */
export function completeBudget(entry: BudgetEntry, timeZone: string): Budget {
  return { ...budgetDefaults, timeZone, name: entry.id, ...entry }
}

/** Stands for what cannot be read: it refuses everything. */
export function unreadableBudget(problem: string, timeZone: string): Budget {
  return { ...budgetDefaults, id: 'unreadable', name: 'unreadable', limit: 1, timeZone, problem }
}

/** What a workspace sets is about this workspace alone, in the user's time zone, and bears the workspace's name for it. */
export function completeWorkspaceBudget(
  { budgetId, ...entry }: NamedBudgetEntry,
  workspace: string,
  timeZone: string,
): Budget {
  return {
    ...budgetDefaults,
    ...entry,
    id: budgetId,
    name: `${entry.id} (set by the workspace)`,
    timeZone,
    scope: { kind: 'workspace', value: workspace },
    setBy: 'workspace',
  }
}
