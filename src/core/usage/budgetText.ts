import { isModelError, ModelError } from '../errors.js'
import type { ModelInfo } from '../model.js'
import type { Budget, BudgetUnit } from './budget.js'
import { type PlannedBudget, shownAmount, storedLimit } from './budgetPlan.js'
import { resolveTimeZone } from './windows.js'

/** In the counter's own unit. */
interface Exhausted {
  readonly planned: PlannedBudget
  readonly spent: number
  readonly reserved: number
  readonly amount: number
  readonly users: readonly { readonly name: string; readonly spent: number }[]
  /** The amount is that of the shortest answer: one that nobody bounds is given what is left. */
  readonly isLeast: boolean
}

const money = (usd: number): string => `$${usd.toFixed(usd !== 0 && Math.abs(usd) < 0.995 ? 4 : 2)}`

const written: Readonly<Record<BudgetUnit, (amount: number) => string>> = {
  usd: money,
  tokens: (amount) => `${amount.toLocaleString('en')} tokens`,
  requests: (amount) => (amount === 1 ? '1 request' : `${amount.toLocaleString('en')} requests`),
}

/** An amount in USD, tokens or requests. */
export function writeAmount(unit: BudgetUnit, amount: number): string {
  return written[unit](amount)
}

/** E.g. `1 Dec 2026, 00:00 (Europe/Berlin)`. */
export function writeMoment(instant: number, timeZone: string): string {
  const zone = resolveTimeZone(timeZone)
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone })
  return `${format.format(instant)} (${zone})`
}

/** Whose use a message is about. What a workspace is called is not said in a message that the workspace brings about. */
export function describeScope({ budget, key }: PlannedBudget): string {
  return key.scopeValue === '' || budget.setBy !== undefined ? '' : ` for ${key.scopeValue}`
}

/** False for what would not fit either if nothing were used: waiting is of no use. */
export function fitsWhole({ budget }: PlannedBudget, amount: number): boolean {
  return amount <= storedLimit(budget)
}

function adviceFor(
  planned: PlannedBudget,
  { amount, isLeast }: Pick<Exhausted, 'amount' | 'isLeast'>,
): string {
  const shorter = isLeast ? 'send less' : 'allow shorter answers (maxOutputTokens)'
  if (planned.budget.unit === 'usd') return `Choose a cheaper model, ${shorter}, or`
  if (fitsWhole(planned, amount)) return 'Wait, or'
  return `${shorter.charAt(0).toUpperCase()}${shorter.slice(1)}, or`
}

export function describeExhausted({ planned, spent, reserved, amount, users, isLeast }: Exhausted): string {
  const { budget, key } = planned
  const write = (stored: number): string => writeAmount(budget.unit, shownAmount(budget, stored))
  const raise = `raise the budget${budget.setBy === undefined ? '' : ' in the workspace’s settings'}`
  const underWay = reserved > 0 ? ` and ${write(reserved)} kept for requests under way` : ''
  const usedBy = users.map(({ name, spent: used }) => `${name} ${write(used)}`).join(', ')
  return [
    `The budget “${budget.name}” of ${writeAmount(budget.unit, budget.limit)} a ${budget.window}${describeScope(planned)} does not allow this request: ${write(spent)} used${underWay}, and ${isLeast ? 'even its shortest answer' : 'it'} may use ${write(amount)}.`,
    ...(usedBy === '' ? [] : [`Used by ${usedBy}.`]),
    fitsWhole(planned, amount)
      ? `It begins anew on ${writeMoment(key.window.end, budget.timeZone)}.`
      : 'That is more than all of it.',
    `${adviceFor(planned, { amount, isLeast })} ${raise}.`,
  ].join(' ')
}

export function describeProblem({ problem = '' }: Budget): string {
  return `A budget cannot be read, so nothing is asked: ${problem} Correct it in your settings.`
}

export function describeUnknownPrice({ name }: Budget, model: ModelInfo): string {
  return `Nobody knows the price of ${model.name}, so the hard budget “${name}” does not allow it. State its price in the connection’s settings (or “location”: “local”, for a server of your own), or let the budget allow unknown prices.`
}

/** A hard budget that nothing can be reserved in lets nothing through, for it could not say when it is used up. */
export function budgetUnkept({ name }: Budget, model: ModelInfo, cause: unknown): ModelError {
  const known = isModelError(cause) ? cause : undefined
  return new ModelError({
    code: known?.code ?? 'not-saved',
    message: `The hard budget “${name}” cannot be kept, so nothing is asked. ${known?.message ?? 'The database failed. Look at the log.'}`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
    cause,
  })
}

export function budgetExceeded(message: string, model: ModelInfo): ModelError {
  const { provider, connection, id } = model
  return new ModelError({ code: 'budget-exceeded', message, provider, model: { connection, id } })
}
