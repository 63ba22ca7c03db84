import { describeIssue } from './schemaIssue.js'
import type { SettingRow } from './settingsTable.js'

export interface ReadValue<T> {
  readonly value: T
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[]
}

/** The default, too, where the value is absent or not valid. */
export function readValue<T>(row: SettingRow<T>, value: unknown): ReadValue<T> {
  if (value === undefined) return { value: row.default, problems: [] }
  const result = row.schema.safeParse(value)
  if (result.success) return { value: result.data, problems: [] }
  const problems = result.error.issues.map(
    (issue) =>
      `${[row.key, ...issue.path].join('.')} ${describeIssue(issue, value)}. The default is used until this is corrected.`,
  )
  return { value: row.default, problems }
}
