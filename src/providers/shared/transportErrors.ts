import { ModelError } from '../../core/errors.js'
import { JsonTooDeep, parseJson } from '../../core/json.js'
import type { HttpHeaders } from '../../core/ports.js'
import { tooDeep } from './body.js'
import type { ErrorRule } from './errorRules.js'
import { findModelError, responseError } from './errors.js'
import { looksLikeHtml } from './errorWords.js'
import { brokenOff } from './networkError.js'
import { nameOf, type Subject } from './subject.js'

/** An answer that says of a failure, with what must not be quoted of it. */
export interface FailedAnswer {
  readonly subject: Subject
  readonly headers: HttpHeaders
  /** The body of the request. */
  readonly sent: unknown
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly errorRules: readonly ErrorRule[] | undefined
}

/** The error of a status that is not 2xx. */
export function failedResponse(answer: FailedAnswer, status: number, text: string): ModelError {
  if (looksLikeHtml(text) && status === 404) return webPage(answer.subject, status)
  return failedBody(answer, parseJson(text) ?? text, status)
}

/** The error of an error object, whatever the status. */
export function failedBody(
  { subject, headers, sent, now, errorRules }: FailedAnswer,
  body: unknown,
  status?: number,
): ModelError {
  const failed = { headers, body, sent, now, ...(status === undefined ? {} : { status }) }
  return responseError(subject, failed, errorRules)
}

export function webPage(subject: Subject, status: number): ModelError {
  return new ModelError({
    code: 'not-found',
    message: `${nameOf(subject)} at ${subject.host} answered with a web page (${status}) instead of an API. Is the base URL right?`,
    provider: subject.provider,
    status,
    model: subject.model,
  })
}

/** A key never leaves for another origin. */
export function foreign(subject: Subject, url: URL, redirected: boolean): ModelError {
  const what = redirected
    ? `${nameOf(subject)} at ${subject.host} redirects`
    : `A request of ${nameOf(subject)} would go`
  return new ModelError({
    code: 'invalid-request',
    message: `${what} to ${url.origin}, and a key never leaves for another origin. If that is the right address, make it the connection’s base URL.`,
    provider: subject.provider,
  })
}

/** Makes a ModelError of whatever was thrown while an answer was read. */
export function translate(subject: Subject, thrown: unknown): ModelError {
  const known = findModelError(thrown)
  if (known !== undefined) return known
  // Half an event, or none: the engine's words would quote what was received.
  if (thrown instanceof SyntaxError) return brokenOff(subject)
  if (thrown instanceof JsonTooDeep) return tooDeep(subject)
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} at ${subject.host} sent an answer that could not be read. Try again, or choose another model.`,
    provider: subject.provider,
    cause: thrown,
    model: subject.model,
  })
}
