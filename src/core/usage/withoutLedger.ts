import { isModelError, ModelError } from '../errors.js'
import type { Budget } from './budget.js'

/** Throws ModelError `budget-exceeded` where a hard budget has to hold, for without the ledger nobody knows what is left. */
export function refuseWithoutLedger(budgets: readonly Budget[], cause: unknown): void {
  const hard = budgets.find(({ kind }) => kind === 'hard')
  if (hard === undefined) return
  const reason = isModelError(cause) ? cause.message : 'The log says why; reload the window.'
  throw new ModelError({
    code: 'budget-exceeded',
    message: `What is left of the hard budget “${hard.name}” is not known, for the ledger cannot be opened. ${reason}`,
    cause,
  })
}
