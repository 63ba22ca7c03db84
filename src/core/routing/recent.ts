import { formatModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { AttemptRecord } from '../usage/attemptRecord.js'

/** Which model has answered which conversation, and how quick the models were lately. */
export interface RecentAnswers {
  /** Of a conversation, no longer ago than `withinMs`. */
  modelOf(conversation: string, withinMs: number): string | undefined
  keepModel(conversation: string, ref: string): void
  /** Milliseconds to the first part, the last answers counting most. */
  latencyOf(ref: string): number | undefined
  addLatency(ref: string, firstPartMs: number): void
  /** What the ledger tells of an earlier answer, or of another window's. */
  recall(record: AttemptRecord): void
}

export interface RecentAnswersOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  /** Conversations that are kept. */
  readonly conversations?: number
}

/** A conversation keeps a model for each route. */
export function conversationKeyOf(conversation: string, route: string): string {
  return `${route} ${conversation}`
}

/** How much the newest answer counts. */
const smoothing = 0.3

export function createRecentAnswers({ clock, conversations = 500 }: RecentAnswersOptions): RecentAnswers {
  const kept = new Map<string, { readonly ref: string; readonly at: number }>()
  const latencies = new Map<string, number>()
  function keep(conversation: string, ref: string, at: number): void {
    kept.delete(conversation)
    kept.set(conversation, { ref, at })
    const oldest = kept.keys().next().value
    if (kept.size > conversations && oldest !== undefined) kept.delete(oldest)
  }

  function addLatency(ref: string, firstPartMs: number): void {
    const known = latencies.get(ref)
    latencies.set(ref, known === undefined ? firstPartMs : known + smoothing * (firstPartMs - known))
  }

  return {
    addLatency,
    recall({ at, latencyMs, firstPartMs, isCacheHit, outcome, route, caller, model }) {
      if (isCacheHit || outcome.kind !== 'success') return
      const ref = formatModelRef(model)
      if (firstPartMs !== undefined) addLatency(ref, firstPartMs)
      if (route === undefined || caller.conversation === undefined) return
      // What ends later than now was told by a clock that has been put back since.
      const age = Math.max(0, clock.now() - at - latencyMs)
      const endedAt = clock.monotonic() - age
      const key = conversationKeyOf(caller.conversation, route)
      if ((kept.get(key)?.at ?? Number.NEGATIVE_INFINITY) < endedAt) keep(key, ref, endedAt)
    },
    modelOf(conversation, withinMs) {
      const answer = kept.get(conversation)
      return answer !== undefined && clock.monotonic() - answer.at <= withinMs ? answer.ref : undefined
    },
    keepModel: (conversation, ref) => keep(conversation, ref, clock.monotonic()),
    latencyOf: (ref) => latencies.get(ref),
  }
}
