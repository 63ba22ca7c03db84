import type * as z from 'zod/mini'
import { describeIssue } from '../schemaIssue.js'

export interface ReadList<T> {
  readonly entries: readonly T[]
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[]
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
  if (!Array.isArray(value)) return { entries: [], problems: [`${key} must be a list.`] }
  const entries = new Map<string, T>()
  const problems: string[] = []
  for (const [index, entry] of value.entries()) {
    const result = schema.safeParse(entry)
    for (const issue of result.error?.issues ?? []) {
      const path = [`${key}[${index}]`, ...issue.path].join('.')
      problems.push(`${path} ${describeIssue(issue, entry)}. The entry is not used until this is corrected.`)
    }
    if (!result.success) continue
    const name = nameOf(result.data)
    if (entries.has(name))
      problems.push(`${key}[${index}] has the name “${name}” of an earlier entry and is not used.`)
    else entries.set(name, result.data)
  }
  return { entries: [...entries.values()], problems }
}
