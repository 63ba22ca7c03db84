import { isRecord, type JsonRecord } from '../../core/json.js'
import { arrayAt, numberAt, recordAt, textAt } from './json.js'

/** Members by which something is an answer, so that a word such as `detail` beside them is no error. */
const payloads =
  `choices candidates usageMetadata data models results embedding embeddings delta content content_block
  response output item part step interaction usage tokens input_tokens totalTokens count done event_type object
  index`.split(/\s+/)

/**
 * What an event of a stream, or a whole document, says of an error, under `error` and whatever shape the server has for
 * it; undefined where it says of none. Servers and the gateways before them send errors with status 200, and in the
 * middle of an answer. `name` is the event's name.
 */
export function toldError(value: unknown, name = ''): { readonly error: unknown } | undefined {
  // An error may come as a list of one.
  const told: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (!isRecord(told)) return name === 'error' ? { error: { message: textOf(told) } } : undefined
  return ownError(told) ?? choiceError(told) ?? statusError(told) ?? flatError(told, name)
}

function isPayload(told: JsonRecord): boolean {
  for (const member of payloads) if (told[member] !== undefined && told[member] !== null) return true
  return false
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function saysError(error: unknown): boolean {
  if (typeof error === 'string') return error !== ''
  return error === true || isRecord(error) || Array.isArray(error)
}

/** The body as it came, for its other members say more, such as when to come again. */
function ownError(told: JsonRecord): { readonly error: unknown } | undefined {
  const { error } = told
  if (!saysError(error)) return undefined
  return error === true ? { error: flat(told) } : { ...told, error }
}

function choiceError(told: JsonRecord): { readonly error: unknown } | undefined {
  for (const choice of arrayAt(told, 'choices')) {
    const error = isRecord(choice) ? (choice['error'] ?? recordAt(choice, 'delta')['error']) : undefined
    if (saysError(error)) return { error }
  }
  return undefined
}

/** MiniMax says in every answer how it went; 0 is well. */
function statusError(told: JsonRecord): { readonly error: unknown } | undefined {
  const status = recordAt(told, 'base_resp')
  const code = numberAt(status, 'status_code') ?? 0
  if (code === 0) return undefined
  return { error: { type: `base_resp_${code}`, message: textAt(status, 'status_msg') ?? `status ${code}` } }
}

/** An error without a member of its own for it. */
function flatError(told: JsonRecord, name: string): { readonly error: unknown } | undefined {
  if (name === 'error' || told['type'] === 'error' || told['object'] === 'error') return { error: flat(told) }
  if (isPayload(told)) return undefined
  const [first] = arrayAt(told, 'errors')
  const stated = told['detail'] ?? first
  if (saysError(stated)) return { ...told, error: stated }
  const words = textAt(told, 'message') ?? textAt(told, 'msg')
  return (words !== undefined && meansError(told)) || told['success'] === false
    ? { error: flat(told) }
    : undefined
}

const wellCodes = /^(0+|2\d\d|ok|success|succeeded)$/i
const errorWords =
  /error|exception|invalid|denied|unauthori|forbidden|not_?found|limit|quota|overload|fail|timeout/i

/** Beside a message; a note of progress may have one too. */
function meansError(told: JsonRecord): boolean {
  const { code, type } = told
  if (typeof code === 'string' || typeof code === 'number') return !wellCodes.test(String(code))
  const status = numberAt(told, 'status') ?? numberAt(told, 'statusCode') ?? numberAt(told, 'status_code')
  if (status !== undefined) return status >= 400
  if (typeof type === 'string') return errorWords.test(type)
  return Object.keys(told).every((member) => /^(message|msg|request_?id|trace_?id|timestamp)$/i.test(member))
}

/** `type` or `object` alone would say no more than that it is an error. */
function flat(told: JsonRecord): JsonRecord {
  const { type } = told
  const rest = { ...told, type: undefined, object: undefined }
  return type === 'error' || type === undefined ? rest : { ...rest, type }
}
