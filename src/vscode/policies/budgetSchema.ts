import * as z from 'zod/mini'
import { isRecord } from '../../core/json.js'
import { budgetDefaults, scopeKinds } from '../../core/usage/budget.js'
import { windowKinds } from '../../core/usage/windows.js'
import { described } from '../described.js'
import type { SettingProblem } from '../settingProblem.js'
import { shortId } from '../shortId.js'
import { timeZoneSchema } from '../timeZoneSchema.js'
import { budgetsKey } from './budgetKeys.js'
import { type ListSetting, readList } from './listSetting.js'

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
      timeZoneSchema(),
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
  key: budgetsKey,
  schema: budgetSchema,
  nameOf: ({ id }) => id,
  spare: ['name', 'timeZone', 'warnAt', 'unknownPrice'],
}

/** The list, and why a part of it that may have been hard cannot be read. */
export interface WrittenBudgets {
  readonly entries: readonly BudgetEntry[]
  readonly problem?: string
}

/** Whether an entry is out of force that may have been a hard one; a list of another shape is. */
function isLeftOut(value: unknown, path: string, entries: readonly BudgetEntry[]): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  const index = /^[^[]*\[(\d+)\]/.exec(path)?.[1]
  const entry = index === undefined ? undefined : list[Number(index)]
  if (!isRecord(entry)) return true
  const isAlone = list.filter((other) => isRecord(other) && other['id'] === entry['id']).length === 1
  const isUsed = isAlone && entries.some(({ id }) => id === entry['id'])
  return entry['kind'] !== 'soft' && !isUsed
}

/** Reads the setting, and says which hard budget cannot be kept: nobody knows what it was to limit. */
export function readBudgets(value: unknown): {
  readonly value: WrittenBudgets
  readonly problems: readonly SettingProblem[]
} {
  const { entries, problems } = readList(budgetList, value)
  const first = problems.find(({ path }) => isLeftOut(value, path, entries))
  if (first === undefined) return { value: { entries }, problems }
  const [reason = ''] = first.message.split('. ')
  return { value: { entries, problem: `${first.path} ${reason.replace(/\.$/, '')}.` }, problems }
}
