import { describeIssue } from './schemaIssue.js'
import { createProblemList, isOversized, oversized, type ReadSetting } from './settingProblem.js'
import { settingRules } from './settingRules.js'
import type { SettingName, SettingRow, SettingValues } from './settingsTable.js'

/** The default, too, where the value is absent or not valid. */
export function readValue<Name extends SettingName>(
  row: SettingRow<Name>,
  value: unknown,
): ReadSetting<SettingValues[Name]> {
  if (value === undefined) return { value: row.default, problems: [] }
  const ending = 'The default is used until this is corrected.'
  if (isOversized(value))
    return { value: row.default, problems: [{ path: row.key, message: `${oversized}. ${ending}` }] }
  const result = settingRules[row.name].schema.safeParse(value)
  if (result.success) return { value: result.data, problems: [] }
  const problems = createProblemList(row.key)
  for (const issue of result.error.issues)
    problems.add([row.key, ...issue.path].join('.'), () => `${describeIssue(issue, value)}. ${ending}`)
  return { value: row.default, problems: problems.list() }
}
