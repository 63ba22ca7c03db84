import { ModelError } from '../../core/errors.js'
import { JsonTooDeep, parseBounded } from '../../core/json.js'
import type { HttpAnswer } from '../../core/ports.js'
import { findModelError } from './errors.js'
import { readingError, unexpectedAnswer } from './networkError.js'
import type { RequestScope } from './requestScope.js'
import { nameOf, type Subject } from './subject.js'

const errorBodyMs = 10_000

export interface WholeOptions {
  readonly subject: Subject
  /** Bytes. */
  readonly limit: number
}

/** The text of a document. Throws ModelError, and ends the scope in any case. */
export async function readWhole(
  response: HttpAnswer,
  scope: RequestScope,
  { subject, limit }: WholeOptions,
): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      scope.waiting()
      const next = await reader?.read()
      if (next?.value === undefined) break
      bytes += next.value.length
      if (bytes > limit) throw tooLarge(subject, limit)
      scope.arrived(next.value.length > 0)
      text += decoder.decode(next.value, { stream: true })
    }
    scope.dispose()
    return text + decoder.decode()
  } catch (thrown) {
    const error = scope.failure() ?? findModelError(thrown) ?? readingError(subject, thrown)
    scope.fail(error)
    throw error
  }
}

/** A document's value. Throws ModelError for what is not JSON, or is nested too deep. */
export function parseDocument(subject: Subject, text: string): unknown {
  try {
    return parseBounded(text)
  } catch (thrown) {
    if (thrown instanceof JsonTooDeep) throw tooDeep(subject)
    throw unexpectedAnswer(subject, 'something that is not JSON')
  }
}

/** Characters at a cut: what stands there may be half a key, which nothing recognises. */
const droppedAtCut = 1024

/** The body's text as far as it goes: less than `limit` bytes, and what came before a failure. Throws when cancelled. */
export async function readCapped(response: HttpAnswer, limit: number, scope: RequestScope): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  scope.endWithin(errorBodyMs)
  try {
    while (bytes < limit) {
      const { value, done } = await reader.read()
      if (done || value === undefined) return text + decoder.decode()
      bytes += value.length
      text += decoder.decode(value.subarray(0, value.length - Math.max(0, bytes - limit)), { stream: true })
    }
    text = text.slice(0, -droppedAtCut)
  } catch {
    // A status says enough; only the caller's own wish goes before it.
    const failure = scope.failure()
    if (failure?.code === 'cancelled') throw failure
  }
  return text
}

export function tooDeep(subject: Subject): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} sent JSON that is nested more than 200 levels deep, and it was not used. Try again, or choose another model.`,
    provider: subject.provider,
    model: subject.model,
  })
}

export function tooLarge(subject: Subject, limit: number): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} sent more than ${limit / 1024 / 1024} MB in one piece, and it was not read further. Try again, or choose another model.`,
    provider: subject.provider,
    model: subject.model,
  })
}
