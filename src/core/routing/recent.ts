import type { Clock } from '../ports.js'

/** Which model has answered which conversation, and how quick the models were lately: for one window's memory. */
export interface RecentAnswers {
  /** Of a conversation, no longer ago than `withinMs`. */
  modelOf(conversation: string, withinMs: number): string | undefined
  keepModel(conversation: string, ref: string): void
  /** Milliseconds to the first part, the last answers counting most. */
  latencyOf(ref: string): number | undefined
  addLatency(ref: string, firstPartMs: number): void
}

export interface RecentAnswersOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Conversations that are kept. */
  readonly conversations?: number
}

/** How much the newest answer counts. */
const smoothing = 0.3

export function createRecentAnswers({ clock, conversations = 500 }: RecentAnswersOptions): RecentAnswers {
  const kept = new Map<string, { readonly ref: string; readonly at: number }>()
  const latencies = new Map<string, number>()
  return {
    modelOf(conversation, withinMs) {
      const answer = kept.get(conversation)
      return answer !== undefined && clock.monotonic() - answer.at <= withinMs ? answer.ref : undefined
    },
    keepModel(conversation, ref) {
      kept.delete(conversation)
      kept.set(conversation, { ref, at: clock.monotonic() })
      const oldest = kept.keys().next().value
      if (kept.size > conversations && oldest !== undefined) kept.delete(oldest)
    },
    latencyOf: (ref) => latencies.get(ref),
    addLatency(ref, firstPartMs) {
      const known = latencies.get(ref)
      latencies.set(ref, known === undefined ? firstPartMs : known + smoothing * (firstPartMs - known))
    },
  }
}
