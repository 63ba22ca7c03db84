/** The user's own. */
export const budgetsKey = 'roundhouse.budgets'

/** What a workspace adds. */
export const workspaceBudgetsKey = 'roundhouse.workspaceBudgets'
