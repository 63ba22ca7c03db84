import { ModelError } from '../../core/errors.js'
import { findModelError } from './errors.js'
import { type BodyFormat, createEventGuard } from './eventGuard.js'
import { brokenOff } from './networkError.js'
import type { RequestScope } from './requestScope.js'
import { nameOf, type Subject } from './subject.js'

export interface GuardOptions {
  readonly subject: Subject
  readonly format: BodyFormat
  /** Bytes of one event. */
  readonly limit: number
}

export interface GuardedResponse {
  readonly response: Response
  sawDone(): boolean
}

const drainReads = 16
const drainMs = 1000
const errorBodyMs = 10_000

/** The same response, its body watched; ends the scope when the body ends, fails or is given up. */
export function guardBody(response: Response, scope: RequestScope, options: GuardOptions): GuardedResponse {
  const { subject, format, limit } = options
  const guard = createEventGuard({ format, limit, tooLarge: () => tooLarge(subject, limit) })
  const reader = response.body?.getReader()
  if (reader === undefined) {
    scope.dispose()
    return { response, sawDone: () => false }
  }
  const giveUp = async (): Promise<void> => {
    await reader.cancel().catch(() => undefined)
    scope.dispose()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          scope.waiting()
          const { value, done } = await reader.read()
          if (done) {
            guard.end()
            scope.dispose()
            controller.close()
            return
          }
          scope.arrived(guard.take(value))
          controller.enqueue(value)
        } catch (thrown) {
          const error = scope.failure() ?? findModelError(thrown) ?? brokenOff(subject, thrown)
          scope.fail(error)
          controller.error(error)
        }
      },
      // After its end marker a stream has only its own end left to say: read that, and the socket can be used again.
      cancel: async () => (guard.sawDone() ? void drain(reader, scope) : await giveUp()),
    },
    { highWaterMark: 0 },
  )
  const { status, statusText, headers } = response
  return { response: new Response(body, { status, statusText, headers }), sawDone: () => guard.sawDone() }
}

/** Never rejects; the scope's own timeouts end it where the server does not. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, scope: RequestScope): Promise<void> {
  scope.endWithin(drainMs)
  try {
    for (let reads = 0; reads < drainReads; reads++) if ((await reader.read()).done) return
    await reader.cancel()
  } catch {
    // The answer is complete already; only its socket is lost.
  } finally {
    scope.dispose()
  }
}

/** The body's text as far as it goes: at most `limit` bytes, and what came before a failure. Throws when cancelled. */
export async function readCapped(response: Response, limit: number, scope: RequestScope): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  scope.endWithin(errorBodyMs)
  try {
    while (bytes < limit) {
      const { value, done } = await reader.read()
      if (done) return text + decoder.decode()
      bytes += value.length
      text += decoder.decode(value.subarray(0, value.length - Math.max(0, bytes - limit)), { stream: true })
    }
  } catch {
    // A status says enough; only the caller's own wish goes before it.
    const failure = scope.failure()
    if (failure?.code === 'cancelled') throw failure
  }
  return text
}

function tooLarge(subject: Subject, limit: number): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} sent more than ${limit / 1024 / 1024} MB in one piece, and it was not read further. Try again, or choose another model.`,
    provider: subject.provider,
    ...(subject.model === undefined ? {} : { model: subject.model }),
  })
}
