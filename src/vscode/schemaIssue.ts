import type * as z from 'zod/mini'

type Issue = z.core.$ZodIssue

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** What zod/mini says where nobody has given it words. */
const wordless = 'Invalid input'

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.code === 'too_big')
    return issue.inclusive === false ? `less than ${issue.maximum}` : `at most ${issue.maximum}`
  return issue.inclusive === false ? `more than ${issue.minimum}` : `at least ${issue.minimum}`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, step) =>
      typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined,
    value,
  )
}

const mostNames = 10

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => `“${name}”`)
  const more = names.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** What is wrong with one field of `value`, to follow its name. */
export function describeIssue(issue: Issue, value: unknown): string {
  if (issue.message !== wordless) return issue.message
  if (issue.code === 'invalid_type') {
    const isMissing = valueAt(value, issue.path) === undefined
    return isMissing ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`
  }
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`
  if (issue.code === 'unrecognized_keys') return `has no ${listNames(issue.keys)}`
  if (issue.code === 'too_small' || issue.code === 'too_big')
    return issue.origin === 'string' ? 'must not be empty' : `must be ${bound(issue)}`
  return 'is not valid'
}
