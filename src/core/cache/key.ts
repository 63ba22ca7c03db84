import type { ChatRequest } from '../chat.js'
import { isRecord } from '../json.js'
import type { ModelRef } from '../model.js'

/** SHA-256 in lower-case hexadecimal; a text counts as its UTF-8. */
export interface Sha256 {
  (data: string | Uint8Array): string
  /** The same of a text that comes in pieces. */
  begin(): { update(piece: string): void; digest(): string }
}

type Write = (piece: string) => void

/** Raised when the canonical form, or the form of what is kept under a key, changes: older entries are no longer found. */
const formVersion = 2

/** Who asks, and how the cache and the router treat the request, leaves its answer as it is. */
const withoutEffect: ReadonlySet<string> = new Set(['caller', 'cache', 'attempt'])

/**
 * One text for all values that mean the same: members of objects are sorted and undefined ones left out, bytes stand
 * as their hash, and so do long texts. Two values that differ in anything else have different texts. Throws where the value is circular,
 * too deep, or nothing that JSON could say.
 */
export function canonicalForm(value: unknown, sha256: Sha256): string {
  let form = ''
  writeForm(value, (piece) => void (form += piece), sha256)
  return form
}

function writeForm(value: unknown, write: Write, sha256: Sha256): void {
  if (typeof value === 'string') writeText(value, write, sha256)
  // JSON has no word for some of them and would write null.
  else if (typeof value === 'number') write(String(value))
  else if (value instanceof Uint8Array) write(`#${sha256(value)}`)
  else if (Array.isArray(value)) writeItems(value, write, sha256)
  else if (isRecord(value)) writeMembers(value, write, sha256)
  else {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) throw new TypeError(`A ${typeof value} has no canonical form.`)
    write(text)
  }
}

/** Characters. A longer text stands as its hash: as JSON, a prompt of some megabytes would be copied three times. */
const longText = 65_536

function writeText(text: string, write: Write, sha256: Sha256): void {
  // Halves of characters have no UTF-8 of their own.
  if (text.length <= longText || !text.isWellFormed()) return write(JSON.stringify(text))
  const hash = sha256.begin()
  for (let from = 0; from < text.length; ) {
    const most = Math.min(text.length, from + longText)
    const to = most < text.length && (text.charCodeAt(most - 1) & 0xfc00) === 0xd800 ? most - 1 : most
    hash.update(text.slice(from, to))
    from = to
  }
  write(`$${hash.digest()}`)
}

function writeItems(values: readonly unknown[], write: Write, sha256: Sha256): void {
  let before = '['
  for (const item of values) {
    write(before)
    writeForm(item ?? null, write, sha256)
    before = ','
  }
  write(before === '[' ? '[]' : ']')
}

function writeMembers(value: Readonly<Record<string, unknown>>, write: Write, sha256: Sha256): void {
  let before = '{'
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name]
    if (member === undefined) continue
    write(`${before}${JSON.stringify(name)}:`)
    writeForm(member, write, sha256)
    before = ','
  }
  write(before === '{' ? '{}' : '}')
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
