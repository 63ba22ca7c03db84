import type { ChatRequest } from '../chat.js'
import { isRecord } from '../json.js'
import type { ModelRef } from '../model.js'

/** SHA-256 in lower-case hexadecimal; a text counts as its UTF-8. */
export type Sha256 = (data: string | Uint8Array) => string

/** Raised when the canonical form, or the form of what is kept under a key, changes: older entries are no longer found. */
const formVersion = 2

/** Who asks, and how the cache and the router treat the request, leaves its answer as it is. */
const withoutEffect: ReadonlySet<string> = new Set(['caller', 'cache', 'attempt'])

/**
 * One text for all values that mean the same: members of objects are sorted and undefined ones left out, bytes stand
 * as their hash. Two values that differ in anything else have different texts. Throws where the value is circular,
 * too deep, or nothing that JSON could say.
 */
export function canonicalForm(value: unknown, sha256: Sha256): string {
  if (typeof value === 'string') return JSON.stringify(value)
  // JSON has no word for some of them and would write null.
  if (typeof value === 'number') return String(value)
  if (value instanceof Uint8Array) return `#${sha256(value)}`
  if (Array.isArray(value)) return `[${canonicalItems(value, sha256)}]`
  if (isRecord(value)) return `{${canonicalMembers(value, sha256)}}`
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`A ${typeof value} has no canonical form.`)
  return text
}

function canonicalItems(values: readonly unknown[], sha256: Sha256): string {
  let items = ''
  for (const item of values) items += `${items === '' ? '' : ','}${canonicalForm(item ?? null, sha256)}`
  return items
}

function canonicalMembers(value: Readonly<Record<string, unknown>>, sha256: Sha256): string {
  let members = ''
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name]
    if (member === undefined) continue
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalForm(member, sha256)}`
  }
  return members
}

/** One text for everything besides a request that changes its answer. Throws as `canonicalForm` does. */
export function fingerprint(configuration: unknown, sha256: Sha256): string {
  return sha256(canonicalForm(configuration, sha256))
}

/** The key of a request's answer. Throws as `canonicalForm` does. */
export function completionKey(request: ChatRequest, configuration: string, sha256: Sha256): string {
  const asked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(request)) if (!withoutEffect.has(name)) asked[name] = value
  return sha256(`${formVersion} completion ${configuration} ${canonicalForm(asked, sha256)}`)
}

export interface EmbeddingQuestion {
  readonly model: ModelRef
  readonly input: string
  readonly dimensions?: number | undefined
}

/** The key of one input's embedding. */
export function embeddingKey(question: EmbeddingQuestion, configuration: string, sha256: Sha256): string {
  return sha256(`${formVersion} embedding ${configuration} ${canonicalForm(question, sha256)}`)
}
