import * as z from 'zod/mini'
import { type Budget, budgetDefaults, scopeKinds } from '../../core/usage/budget.js'
import { windowKinds } from '../../core/usage/windows.js'
import { described } from '../described.js'
import { shortId } from '../shortId.js'
import type { ListSetting } from './listSetting.js'

/** What the setting `roundhouse.budgets` may hold. */

const optional = z.exactOptional

const scope = z.strictObject({
  kind: z.enum(scopeKinds),
  value: optional(
    described(
      z.string().check(z.minLength(1)),
      'Whose use counts; each has the whole limit for itself where absent.',
    ),
  ),
})

/** Members of an entry. */
export const budgetFields = {
  id: described(shortId, 'Short and unique; what was used is counted under it.'),
  name: optional(described(z.string().check(z.minLength(1)), 'The name shown.')),
  limit: described(z.number().check(z.positive()), 'In USD, tokens or requests.'),
  unit: optional(
    described(
      z.enum(['usd', 'tokens', 'requests']),
      `What is counted; \`${budgetDefaults.unit}\` where absent.`,
    ),
  ),
  window: optional(
    described(z.enum(windowKinds), `When it starts anew; each \`${budgetDefaults.window}\` where absent.`),
  ),
  timeZone: optional(
    described(
      z.string().check(z.minLength(1)),
      '`UTC`, `local`, or a name such as `Europe/Berlin`; `roundhouse.usage.timeZone` where absent.',
    ),
  ),
  scope: optional(described(scope, 'Whose use counts; all where absent.')),
  kind: optional(
    described(z.enum(['hard', 'soft']), 'A hard budget refuses what does not fit; a soft one only warns.'),
  ),
  warnAt: optional(
    described(
      z.array(z.number().check(z.positive(), z.lte(1))),
      'Shares of the limit at which you are warned, once each.',
    ),
  ),
  unknownPrice: optional(
    described(z.enum(['refuse', 'allow']), 'For USD: what happens to a model whose price nobody knows.'),
  ),
}

const budgetSchema = z.strictObject(budgetFields)

export type BudgetEntry = z.infer<typeof budgetSchema>

export const budgetList: ListSetting<BudgetEntry> = {
  key: 'roundhouse.budgets',
  schema: budgetSchema,
  nameOf: ({ id }) => id,
}

/** With what the user left out. */
export function completeBudget(entry: BudgetEntry, timeZone: string): Budget {
  return { ...budgetDefaults, timeZone, name: entry.id, ...entry }
}
