import type * as z from 'zod/mini'
import { isRecord } from '../core/json.js'
import { describeIssue } from './schemaIssue.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

export interface LenientProblem {
  readonly path: Path
  /** What is wrong, to follow the path. */
  readonly message: string
  /** The whole value cannot be used because of it. */
  readonly isFatal: boolean
}

export interface LenientResult<T> {
  /** Without what is wrong; absent if it cannot be used at all. */
  readonly data?: T
  readonly problems: readonly LenientProblem[]
}

/** Each pass leaves out at least one value; a setting that is wrong everywhere is not read for ever. */
const mostPasses = 50

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, step) =>
      typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined,
    value,
  )
}

/** A copy without the value at a path. */
function without(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return undefined
  if (Array.isArray(value)) {
    const index = Number(step)
    return rest.length === 0 ? value.toSpliced(index, 1) : value.with(index, without(value[index], rest))
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value)
  if (rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== step))
  return Object.fromEntries(entries.map(([name, each]) => [name, name === step ? without(each, rest) : each]))
}

/** The values that an issue is about: unknown members by their names, and around what is missing the whole object. */
function pathsOf(issue: Issue, value: unknown): readonly Path[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key])
  const isMissing = issue.path.length > 0 && valueAt(value, issue.path) === undefined
  return [isMissing ? issue.path.slice(0, -1) : issue.path]
}

/** Members in which people write comments, for JSON has none. */
export function isComment(name: string): boolean {
  return /^(?:\/\/|#|_|\$|comment$)/i.test(name)
}

/**
 * Reads a value by a schema and leaves out what is wrong in it, one value at a time, each with its place. The value
 * itself, and a member of it that `isNeeded` names, cannot be left out.
 */
export function parseLeniently<T>(
  schema: z.ZodMiniType<T>,
  value: unknown,
  isNeeded: (member: string, isUnknown: boolean) => boolean,
): LenientResult<T> {
  const problems: LenientProblem[] = []
  let current = value
  for (let pass = 0; pass < mostPasses; pass++) {
    const result = schema.safeParse(current)
    if (result.success) return { data: result.data, problems }
    const [issue] = result.error.issues
    if (issue === undefined) break
    for (const path of pathsOf(issue, current)) {
      const [first] = path
      const isUnknown = issue.code === 'unrecognized_keys'
      const isFatal = first === undefined || isNeeded(String(first), isUnknown && path.length === 1)
      problems.push({ path: issue.path, message: describeIssue(issue, current), isFatal })
      if (isFatal) return { problems }
      current = without(current, path)
    }
  }
  return { problems }
}
