import { type ErrorCode, isModelError, ModelError } from '../../core/errors.js'
import type { HttpHeaders } from '../../core/ports.js'
import { classify, type ErrorRule } from './errorRules.js'
import { type ErrorWords, htmlTitle, looksLikeHtml, readErrorWords } from './errorWords.js'
import { recordAt, textAt } from './json.js'
import { redactMessage, redactName } from './redaction.js'
import { filteredCategories } from './refusalReasons.js'
import { readRetryAfter } from './retryAfter.js'
import { modelOf, nameOf, type Subject } from './subject.js'

export interface FailedResponse {
  /** Undefined for an error inside a stream that had begun well. */
  readonly status?: number
  readonly headers?: HttpHeaders
  /** The body, parsed where it is JSON, else its text. */
  readonly body: unknown
  /** What was sent, so that nothing of it is echoed. */
  readonly sent?: unknown
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** One sentence of what happened, and the next step, per code. */
const sentences: Readonly<Partial<Record<ErrorCode, (subject: Subject) => readonly [string, string]>>> = {
  unauthorized: (s) =>
    s.secrets().length === 0
      ? [`${nameOf(s)} asks for a key, and this connection has none`, 'Enter its key.']
      : [`${nameOf(s)} did not accept the key`, 'Enter the key of this connection again.'],
  forbidden: (s) => [
    `${nameOf(s)} does not allow this`,
    `Check what the key and its account may do with ${modelOf(s)}.`,
  ],
  'not-found': (s) => [
    `${nameOf(s)} does not know ${modelOf(s)} at this address`,
    'Refresh the models, choose another one, or check the base URL.',
  ],
  'rate-limited': (s) => [`${nameOf(s)} is limiting requests`, 'Wait a little, or choose another model.'],
  'quota-exhausted': (s) => [
    `The account at ${nameOf(s)} has no credit or quota left`,
    'Add credit or raise its limit, or choose another model.',
  ],
  overloaded: (s) =>
    s.location === 'local'
      ? [`${nameOf(s)} is not ready`, 'It may still be loading the model; try again in a moment.']
      : [`${nameOf(s)} is overloaded`, 'Try again in a moment, or choose another model.'],
  'context-length': (s) => [
    `The request is too long for ${modelOf(s)}`,
    'Shorten the conversation, or choose a model with a larger context.',
  ],
  'content-filtered': (s) => [
    `${nameOf(s)} refused the request by its content rules`,
    'Change the request, or choose another model.',
  ],
  'capability-unsupported': (s) => [
    `${capitalise(modelOf(s))} at ${nameOf(s)} does not support what was asked`,
    'Choose a model that does.',
  ],
  'invalid-request': (s) => [
    `${nameOf(s)} did not accept the request`,
    'Check the connection’s settings and the model’s parameters.',
  ],
  timeout: (s) => [`${nameOf(s)} took too long`, 'Try again, or choose another model.'],
  'engine-failed': (s) => [
    `${nameOf(s)} could not load or run ${modelOf(s)}`,
    'See the server’s log, or choose another model.',
  ],
  'provider-error': (s) => [`${nameOf(s)} failed`, 'Try again, or choose another model.'],
}

/** No wait and no second try helps, whatever the headers promise. */
const hopeless: ReadonlySet<ErrorCode> = new Set([
  'quota-exhausted',
  'unauthorized',
  'context-length',
  'capability-unsupported',
  'engine-failed',
])

/** The error of a response that failed, or of an error object inside a stream. */
export function responseError(
  subject: Subject,
  response: FailedResponse,
  ownRules: readonly ErrorRule[] = [],
): ModelError {
  const words = wordsOf(response.body)
  const status = response.status ?? words.status
  const headers = response.headers ?? new Headers()
  const rule = classify({ ...words, status, isInStream: response.status === undefined }, ownRules)
  const told = headers.get('x-should-retry')
  const isHopeless = hopeless.has(rule.code)
  const retryable = !isHopeless && (told === null ? (rule.retryable ?? false) : told === 'true')
  const retryAfterMs = isHopeless ? undefined : readRetryAfter(headers, response.body, response.now)
  const requestId = readRequestId(subject, headers, response.body)
  const said = [filteredBy(response.body), words.messages[0]].filter((each) => each !== undefined)
  const detail = redactMessage(said.join('. '), {
    secrets: subject.secrets(),
    sent: response.sent,
    keep: subject.model === undefined ? [] : [subject.model.id],
  })
  return new ModelError({
    code: rule.code,
    message: composeMessage(subject, rule.code, { status, detail }),
    provider: subject.provider,
    retryable,
    model: subject.model,
    status,
    retryAfterMs,
    requestId,
  })
}

/** Proxies in front of others put the names of their classes before what was said. */
const exceptionNames = /^(?:[\w.]*(?:Error|Exception)(?::| -)\s*)+/

function composeMessage(
  subject: Subject,
  code: ErrorCode,
  said: { readonly status: number | undefined; readonly detail: string },
): string {
  const [what, next] = sentences[code]?.(subject) ?? [`${nameOf(subject)} failed`, 'Try again.']
  const status = said.status === undefined ? '' : ` (${said.status})`
  const detail = said.detail.replace(exceptionNames, '').replace(/[.\s]+$/, '')
  return `${what}${status}${detail === '' ? '' : `: ${detail}`}. ${next}`
}

const filterMembers = ['content_filter_result', 'content_filter_results']

/** Azure says apart what its filter found in a prompt. */
function filteredBy(body: unknown): string | undefined {
  const inner = recordAt(recordAt(body, 'error'), 'innererror')
  return filterMembers
    .map((member) => filteredCategories(recordAt(inner, member)))
    .find((words) => words !== undefined)
}

/** A page is not quoted, only its title. */
function wordsOf(body: unknown): ErrorWords {
  return typeof body === 'string' && looksLikeHtml(body)
    ? { types: '', messages: [htmlTitle(body)], status: undefined }
    : readErrorWords(body)
}

function readRequestId(subject: Subject, headers: HttpHeaders, body: unknown): string | undefined {
  const found =
    headers.get('x-request-id') ??
    headers.get('request-id') ??
    headers.get('cf-ray') ??
    textAt(body, 'request_id')
  return found === undefined ? undefined : redactName(found, subject.secrets())
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The ModelError that an SDK has wrapped into errors of its own, if there is one. */
export function findModelError(thrown: unknown): ModelError | undefined {
  let current = thrown
  for (let depth = 0; depth < 6 && current !== undefined && current !== null; depth++) {
    if (isModelError(current)) return current
    current = current instanceof Error ? current.cause : undefined
  }
  return undefined
}
