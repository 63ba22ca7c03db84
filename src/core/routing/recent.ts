import { minuteMs } from '../durations.js'
import { formatModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { AttemptRecord } from '../usage/attemptRecord.js'

/** Which model has answered which conversation, and how quick the models were lately. */
export interface RecentAnswers {
  /** Of a conversation, no longer ago than `withinMs`. */
  modelOf(conversation: string, withinMs: number): string | undefined
  keepModel(conversation: string, ref: string): void
  /**
   * Milliseconds to the first part, the last answers counting most; the less, the longer ago they were, so that a model
   * that was slow once is tried again.
   */
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

/** Milliseconds after which what was measured counts half. */
const halfLifeMs = 5 * minuteMs

const fade = (ageMs: number): number => 0.5 ** (ageMs / halfLifeMs)

export function createRecentAnswers({ clock, conversations = 500 }: RecentAnswersOptions): RecentAnswers {
  const kept = new Map<string, { readonly ref: string; readonly at: number }>()
  const latencies = new Map<string, { readonly ms: number; readonly at: number }>()
  function keep(conversation: string, ref: string, at: number): void {
    kept.delete(conversation)
    kept.set(conversation, { ref, at })
    const oldest = kept.keys().next().value
    if (kept.size > conversations && oldest !== undefined) kept.delete(oldest)
  }

  function addLatency(ref: string, firstPartMs: number, at = clock.monotonic()): void {
    const known = latencies.get(ref) ?? { ms: firstPartMs, at }
    const trust = (1 - smoothing) * fade(Math.max(0, at - known.at))
    const ms = firstPartMs + trust * (known.ms - firstPartMs)
    latencies.set(ref, { ms, at: Math.max(at, known.at) })
  }

  return {
    addLatency: (ref, firstPartMs) => addLatency(ref, firstPartMs),
    recall({ at, latencyMs, firstPartMs, isCacheHit, outcome, route, caller, model }) {
      if (isCacheHit || outcome.kind !== 'success') return
      const ref = formatModelRef(model)
      // What ends later than now was told by a clock that has been put back since.
      const age = Math.max(0, clock.now() - at - latencyMs)
      const endedAt = clock.monotonic() - age
      if (firstPartMs !== undefined) addLatency(ref, firstPartMs, endedAt)
      if (route === undefined || caller.conversation === undefined) return
      const key = conversationKeyOf(caller.conversation, route)
      if ((kept.get(key)?.at ?? Number.NEGATIVE_INFINITY) < endedAt) keep(key, ref, endedAt)
    },
    modelOf(conversation, withinMs) {
      const answer = kept.get(conversation)
      return answer !== undefined && clock.monotonic() - answer.at <= withinMs ? answer.ref : undefined
    },
    keepModel: (conversation, ref) => keep(conversation, ref, clock.monotonic()),
    latencyOf(ref) {
      const known = latencies.get(ref)
      return known && known.ms * fade(clock.monotonic() - known.at)
    },
  }
}
