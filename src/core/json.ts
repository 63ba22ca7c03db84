/** Reading documents of which nothing is certain. */

export type JsonRecord = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Deeper documents are an attack on whoever reads them by recursion, and no server's need. */
const maximumJsonDepth = 200

/** Whether arrays and records stand in each other more than `maximumJsonDepth` levels deep. */
function isTooDeep(value: unknown, left = maximumJsonDepth): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (left === 0) return true
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return members.some((member) => isTooDeep(member, left - 1))
}

export class JsonTooDeep extends Error {}

/** Throws SyntaxError for what is not JSON, and JsonTooDeep. */
export function parseBounded(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // What is short has not the brackets for it: most events are, and are not walked through.
  if (text.length > 2 * maximumJsonDepth && isTooDeep(value)) throw new JsonTooDeep()
  return value
}

/** Undefined if the text is not JSON, or is nested too deep. */
export function parseJson(text: string): unknown {
  try {
    return parseBounded(text)
  } catch {
    return undefined
  }
}
