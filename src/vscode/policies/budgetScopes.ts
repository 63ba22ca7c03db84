import { parseModelRef } from '../../core/model.js'
import type { Connection, ProviderTable } from '../../core/provider.js'
import type { SettingProblem } from '../settingProblem.js'
import { budgetsKey } from './budgetKeys.js'
import type { BudgetEntry } from './budgetSchema.js'

/** What a scope can name. */
export interface ScopeNames {
  readonly connections: readonly Connection[]
  readonly providers: ProviderTable
}

function describeVainScope(
  { kind, value }: NonNullable<BudgetEntry['scope']>,
  { connections, providers }: ScopeNames,
): string | undefined {
  if (value === undefined) return undefined
  const ids = connections.map(({ id }) => id)
  const known = (names: readonly string[]) => `Known ones: ${names.join(', ')}.`
  if (kind === 'provider' && !providers.some(({ id }) => id === value))
    return `is no provider. ${known(providers.map(({ id }) => id))}`
  if (kind === 'connection' && !ids.includes(value)) return `is no connection. ${known(ids)}`
  if (kind !== 'model') return undefined
  const ref = parseModelRef(value)
  if (ref === undefined || ref.id === '') return 'is no model: write it connection/model.'
  return ids.includes(ref.connection) ? undefined : `names no connection. ${known(ids)}`
}

/** Budgets that count nothing, for nothing has the name that their scope gives. */
export function findVainScopes(
  entries: readonly BudgetEntry[],
  names: ScopeNames,
): readonly SettingProblem[] {
  return entries.flatMap(({ id, scope }) => {
    const vain = scope && describeVainScope(scope, names)
    if (vain === undefined) return []
    const message = `of the budget “${id}”: “${scope?.value ?? ''}” ${vain} Nothing counts in it until this is corrected.`
    return [{ path: `${budgetsKey}.scope.value`, message }]
  })
}
