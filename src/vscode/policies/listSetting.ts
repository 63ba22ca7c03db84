import type * as z from 'zod/mini'
import { describeIssue } from '../schemaIssue.js'
import type { SettingProblem } from '../settingProblem.js'

export interface ReadList<T> {
  readonly entries: readonly T[]
  readonly problems: readonly SettingProblem[]
}

export interface ListSetting<T> {
  readonly key: `roundhouse.${string}`
  readonly schema: z.ZodMiniType<T>
  /** What no two entries have alike. */
  readonly nameOf: (entry: T) => string
}

/** Reads the setting entry by entry: one that is malformed, or named as an earlier one is, is reported and not used. */
export function readList<T>({ key, schema, nameOf }: ListSetting<T>, value: unknown): ReadList<T> {
  if (value === undefined) return { entries: [], problems: [] }
  if (!Array.isArray(value)) return { entries: [], problems: [{ path: key, message: 'must be a list.' }] }
  const entries = new Map<string, T>()
  const problems: SettingProblem[] = []
  for (const [index, entry] of value.entries()) {
    const result = schema.safeParse(entry)
    for (const issue of result.error?.issues ?? []) {
      const path = [`${key}[${index}]`, ...issue.path].join('.')
      const message = `${describeIssue(issue, entry)}. The entry is not used until this is corrected.`
      problems.push({ path, message })
    }
    if (!result.success) continue
    const name = nameOf(result.data)
    if (entries.has(name)) {
      const message = `has the name “${name}” of an earlier entry and is not used.`
      problems.push({ path: `${key}[${index}]`, message })
    } else entries.set(name, result.data)
  }
  return { entries: [...entries.values()], problems }
}
