import { isRecord, type JsonRecord, parseJson } from '../../core/json.js'
import { numberAt, textAt } from './json.js'

/** What the body of a failed answer says, whatever its shape. */
export interface ErrorWords {
  /** Its types, codes and reasons, joined by spaces. */
  readonly types: string
  /** Its sentences: the first is the one to show, the others stand around it. */
  readonly messages: readonly string[]
  /** Some servers give the status as the error's code. */
  readonly status: number | undefined
}

interface Found {
  readonly types: string[]
  readonly inner: string[]
  readonly outer: string[]
  status: number | undefined
}

/** Errors wrapped in errors of gateways in front of gateways. */
const deepest = 8
const mostEntries = 20

const messageKeys = [
  'message',
  'msg',
  'status_msg',
  'error_message',
  'errorMessage',
  'error_msg',
  'error_description',
  'Message',
  'faultstring',
  'description',
]
const typeKeys = ['type', 'code', 'error_code', 'error_type', 'status', 'reason', 'quotaId', '__type']
/** What a gateway passes on of those behind it is more telling than its own words. */
const innerKeys = ['raw', 'innererror', 'inner_error', 'upstream_error', 'provider_error', 'cause']
const outerKeys = [
  'error',
  'errors',
  'detail',
  'details',
  'metadata',
  'base_resp',
  'response',
  'fault',
  'violations',
]

/** Words that name a kind of failure and say nothing of this one. */
const labels =
  /^(?:[A-Z][\w]*(?:Error|Exception)|[\w-]+|bad request|not found|internal server error|too many requests|service unavailable|bad gateway|gateway time-?out|payment required|unprocessable entity)$/i

export function readErrorWords(body: unknown): ErrorWords {
  const found: Found = { types: [], inner: [], outer: [], status: undefined }
  visit(found, body, { depth: 0, isInner: false })
  const messages = [...new Set([...found.inner, ...found.outer])]
  const telling = messages.find((message) => !labels.test(message))
  const ordered = telling === undefined ? messages : [telling, ...messages.filter((each) => each !== telling)]
  return {
    types: [...found.types, ...messages.filter(isCode)].join(' '),
    messages: ordered,
    status: found.status,
  }
}

interface Place {
  readonly depth: number
  readonly isInner: boolean
}

function visit(found: Found, value: unknown, place: Place): void {
  if (place.depth > deepest) return
  const below = { ...place, depth: place.depth + 1 }
  if (typeof value === 'string') addText(found, value, below)
  else if (Array.isArray(value)) for (const entry of value.slice(0, mostEntries)) visit(found, entry, below)
  else if (isRecord(value)) addRecord(found, value, below)
}

function addRecord(found: Found, record: JsonRecord, place: Place): void {
  for (const key of typeKeys) {
    const word = textAt(record, key)
    if (word !== undefined) found.types.push(word)
  }
  found.status ??= statusOf(record)
  for (const key of innerKeys) visit(found, record[key], { ...place, isInner: true })
  for (const key of messageKeys) visit(found, record[key], place)
  for (const key of outerKeys) visit(found, record[key], place)
}

/** A sentence, or the error of another server as JSON text, with words before it or without. */
function addText(found: Found, text: string, place: Place): void {
  const sentence = text.trim()
  if (sentence === '') return
  const wrapped = embeddedJson(sentence)
  const before = found.inner.length
  if (wrapped !== undefined) visit(found, wrapped, { ...place, isInner: true })
  if (found.inner.length > before) return
  found.types.push(...quotedTypes(sentence))
  found[place.isInner ? 'inner' : 'outer'].push(sentence)
}

function embeddedJson(text: string): unknown {
  return between(text, '{', '}') ?? between(text, '[', ']')
}

function between(text: string, open: string, close: string): unknown {
  const from = text.indexOf(open)
  const value = from === -1 ? undefined : parseJson(text.slice(from, text.lastIndexOf(close) + 1))
  return isRecord(value) || Array.isArray(value) ? value : undefined
}

/** As Python prints an error: `{'error': {'code': 'model_not_found'}}`. */
function quotedTypes(text: string): readonly string[] {
  const found = text.matchAll(/['"](?:type|code|status|reason)['"]\s*:\s*['"]([\w-]{3,60})['"]/g)
  return [...found].map(([, word]) => word ?? '')
}

/** `invalid_api_key` in place of a sentence. */
function isCode(message: string): boolean {
  return /^[a-z]+(?:[_-][a-z]+)+$/i.test(message)
}

function statusOf(record: JsonRecord): number | undefined {
  const status = ['code', 'status', 'status_code', 'statusCode', 'http_code']
    .map((key) => numberAt(record, key))
    .find((number) => number !== undefined && number >= 400 && number < 600)
  return status
}

export function looksLikeHtml(text: string): boolean {
  return /^\s*(<!doctype html|<html|<head|<body)/i.test(text)
}

export function htmlTitle(text: string): string {
  return /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim() ?? ''
}
