import type { ParameterTemplates } from '../core/parameters/templates.js'
import { createConnectionReader } from './connectionSettings.js'
import { readParameterTemplates, withTemplate } from './parameterTemplates.js'
import { alertList } from './policies/alertSchema.js'
import { readBudgets } from './policies/budgetSchema.js'
import { findVainScopes } from './policies/budgetScopes.js'
import { type ListSetting, readList } from './policies/listSetting.js'
import { routeList } from './policies/routeSchema.js'
import { readWorkspaceBudgets } from './policies/workspaceBudgets.js'
import type { ReadSetting } from './settingProblem.js'
import { readValue } from './settingValue.js'

/** A list of entries, read one by one: those in which something is wrong are left out. */
function listReader<T>(list: ListSetting<T>) {
  return (value: unknown): ReadSetting<readonly T[]> => {
    const { entries, problems } = readList(list, value)
    return { value: entries, problems }
  }
}

/** Reads what is written in settings. It is loaded with the first setting that has another value than its default. */
export const settingReaders = {
  value: readValue,
  connections: createConnectionReader,
  routes: listReader(routeList),
  alertRules: listReader(alertList),
  budgets: readBudgets,
  vainScopes: findVainScopes,
  workspaceBudgets: readWorkspaceBudgets,
  parameterTemplates: (value: unknown): ReadSetting<ParameterTemplates> => {
    const { templates, problems } = readParameterTemplates(value)
    return { value: templates, problems }
  },
  withTemplate,
}

export type SettingReaders = typeof settingReaders
