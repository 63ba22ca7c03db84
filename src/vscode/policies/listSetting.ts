import type * as z from 'zod/mini'
import { isComment, parseLeniently } from '../lenientParse.js'
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
  /** Members that an entry can do without if they are wrong: the others mean something that no default stands for. */
  readonly spare?: readonly string[]
}

const unused = 'The entry is not used until this is corrected.'

/**
 * Reads the setting entry by entry: one that is malformed, or named as an earlier one is, is reported and not used. What an
 * entry can do without is left out of it instead.
 */
export function readList<T>(list: ListSetting<T>, value: unknown): ReadList<T> {
  const { key, nameOf } = list
  if (value === undefined) return { entries: [], problems: [] }
  if (!Array.isArray(value)) return { entries: [], problems: [{ path: key, message: 'must be a list.' }] }
  const entries = new Map<string, T>()
  const problems = createProblemList(key)
  for (const [index, entry] of value.entries()) {
    if (problems.isHopeless) {
      problems.skip()
      continue
    }
    const read = readEntry(list, entry, { problems, path: `${key}[${index}]` })
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
  { schema, spare = [] }: ListSetting<T>,
  entry: unknown,
  { problems, path }: { readonly problems: ProblemList; readonly path: string },
): { readonly data: T } | undefined {
  if (isOversized(entry)) {
    problems.add(path, () => `${oversized}. ${unused}`)
    return undefined
  }
  const isNeeded = (member: string, isUnknown: boolean) =>
    isUnknown ? !isComment(member) : !spare.includes(member)
  const read = parseLeniently(schema, entry, isNeeded)
  for (const problem of read.problems) {
    const effect = problem.isFatal ? unused : 'It is left out until this is corrected.'
    problems.add([path, ...problem.path].join('.'), () => `${problem.message}. ${effect}`)
  }
  return read.data === undefined ? undefined : { data: read.data }
}
