import type { ChatRequest, Middleware, ResponsePart } from '../chat.js'
import { openLate } from '../openLate.js'
import { relay } from '../relay.js'

/** What is to be known of one attempt by whoever let it begin. */
export interface AttemptWatch {
  /** Each part on its way to the caller. What this gives back takes its place, or goes before it if it is of another type. */
  see?(part: ResponsePart): ResponsePart | undefined | void
  /** However it ended, with what it threw; once. */
  end?(thrown?: { readonly error: unknown }): void
}

interface AdmittedAttempt {
  readonly request: ChatRequest
  /** The first one is told first. */
  readonly watches: readonly AttemptWatch[]
}

/** Asked before each attempt; may wait, or throw. */
export type Admit = (request: ChatRequest, signal: AbortSignal) => Promise<AdmittedAttempt>

function follow(parts: AsyncIterable<ResponsePart>, watches: readonly AttemptWatch[]) {
  let thrown: { readonly error: unknown } | undefined
  return relay<ResponsePart, ResponsePart>(parts[Symbol.asyncIterator](), {
    see(part) {
      let passed = part
      let before: ResponsePart[] | undefined
      for (const watch of watches) {
        const given = watch.see?.(passed)
        if (given === undefined) continue
        if (given.type === passed.type) passed = given
        else before = [...(before ?? []), given]
      }
      return before === undefined ? passed : [...before, passed]
    },
    fail(error) {
      thrown = { error }
      return error
    },
    close() {
      for (const watch of watches) watch.end?.(thrown)
    },
  })
}

/** Follows each attempt in one loop for all who watch; one that nobody watches is handed on as it is. */
export function watchAttempts(admit: Admit): Middleware {
  return (next) => (asked, signal) =>
    openLate(async () => {
      const { request, watches } = await admit(asked, signal)
      const parts = next(request, signal)
      return watches.length === 0 ? parts : follow(parts, watches)
    })
}

/** Each is told of every attempt that another one has admitted, before those who admitted it. */
export function watchAlso(
  admit: Admit,
  also: readonly ((request: ChatRequest, signal: AbortSignal) => AttemptWatch)[],
): Admit {
  return async (asked, signal) => {
    const { request, watches } = await admit(asked, signal)
    return { request, watches: [...also.map((watch) => watch(request, signal)), ...watches] }
  }
}
