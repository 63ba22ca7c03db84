import type * as z from 'zod/mini'
import { describeIssue } from '../schemaIssue.js'
import {
  createProblemList,
  isOversized,
  oversized,
  type ProblemList,
  type SettingProblem,
} from '../settingProblem.js'

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
  const problems = createProblemList(key)
  for (const [index, entry] of value.entries()) {
    if (problems.isHopeless) {
      problems.skip()
      continue
    }
    const read = readEntry(schema, entry, { problems, path: `${key}[${index}]` })
    if (read === undefined) continue
    const name = nameOf(read.data)
    if (entries.has(name)) {
      const message = `has the name “${name}” of an earlier entry and is not used.`
      problems.add(`${key}[${index}]`, () => message)
    } else entries.set(name, read.data)
  }
  return { entries: [...entries.values()], problems: problems.list() }
}

function readEntry<T>(
  schema: z.ZodMiniType<T>,
  entry: unknown,
  { problems, path }: { readonly problems: ProblemList; readonly path: string },
): { readonly data: T } | undefined {
  const ending = 'The entry is not used until this is corrected.'
  if (isOversized(entry)) {
    problems.add(path, () => `${oversized}. ${ending}`)
    return undefined
  }
  const result = schema.safeParse(entry)
  for (const issue of result.error?.issues ?? [])
    problems.add([path, ...issue.path].join('.'), () => `${describeIssue(issue, entry)}. ${ending}`)
  return result.success ? { data: result.data } : undefined
}
