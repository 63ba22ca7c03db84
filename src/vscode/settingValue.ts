import { describeIssue } from './schemaIssue.js'
import { createProblemList, isOversized, oversized, type SettingProblem } from './settingProblem.js'
import type { SettingRow } from './settingsTable.js'

export interface ReadValue<T> {
  readonly value: T
  readonly problems: readonly SettingProblem[]
}

/** The setting in each place that has it. */
export interface WorkspaceValues {
  readonly user: unknown
  readonly workspace: unknown
  /** Of a workspace of several folders, by their order. */
  readonly folders: readonly unknown[]
}

/** On if any place turns it on. A value that is no boolean was meant to protect something: it counts as on. */
export function readTightening(
  key: string,
  { user, workspace, folders }: WorkspaceValues,
): { readonly value: boolean; readonly problems: readonly SettingProblem[] } {
  const values = [user, workspace, ...folders].filter((value) => value !== undefined)
  const isWrong = values.some((value) => typeof value !== 'boolean')
  const message = 'must be true or false. It counts as true until this is corrected.'
  return { value: values.some((value) => value !== false), problems: isWrong ? [{ path: key, message }] : [] }
}

/** The default, too, where the value is absent or not valid. */
export function readValue<T>(row: SettingRow<T>, value: unknown): ReadValue<T> {
  if (value === undefined) return { value: row.default, problems: [] }
  const ending = 'The default is used until this is corrected.'
  if (isOversized(value))
    return { value: row.default, problems: [{ path: row.key, message: `${oversized}. ${ending}` }] }
  const result = row.schema.safeParse(value)
  if (result.success) return { value: result.data, problems: [] }
  const problems = createProblemList(row.key)
  for (const issue of result.error.issues)
    problems.add([row.key, ...issue.path].join('.'), () => `${describeIssue(issue, value)}. ${ending}`)
  return { value: row.default, problems: problems.list() }
}
