import type { ChatRequest, Middleware, ResponsePart } from '../chat.js'
import { openLate } from '../openLate.js'

/** What is to be known of one attempt by whoever let it begin. */
export interface AttemptWatch {
  /** Each part on its way to the caller. */
  see?(part: ResponsePart): void
  /** However it ended; once. */
  end?(): void
}

export interface AdmittedAttempt {
  readonly request: ChatRequest
  readonly watches: readonly AttemptWatch[]
}

async function* follow(parts: AsyncIterable<ResponsePart>, watches: readonly AttemptWatch[]) {
  try {
    for await (const part of parts) {
      for (const watch of watches) watch.see?.(part)
      yield part
    }
  } finally {
    for (const watch of watches) watch.end?.()
  }
}

/** Asks before each attempt, which may wait or throw, and follows it; one that nobody watches is handed on as it is. */
export function watchAttempts(
  admit: (request: ChatRequest, signal: AbortSignal) => Promise<AdmittedAttempt>,
): Middleware {
  return (next) => (asked, signal) =>
    openLate(async () => {
      const { request, watches } = await admit(asked, signal)
      const parts = next(request, signal)
      return watches.length === 0 ? parts : follow(parts, watches)
    })
}
