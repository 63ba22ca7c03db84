import type { ChatRequest } from '../chat.js'
import type { ModelInfo } from '../model.js'
import type { Clock } from '../ports.js'
import type { Estimator, RequestEstimate } from './estimateRequest.js'

/** Milliseconds for which what was read for one candidate is good enough for the others of a ranking. */
const freshMs = 100

/** Keeps a value for the length of a ranking. */
export function createRankingCache<T>(clock: Pick<Clock, 'monotonic'>, create: () => T) {
  let value: T | undefined
  let request: ChatRequest | undefined
  let readAt = 0
  return (asked: ChatRequest): T => {
    const isFresh = asked === request && clock.monotonic() - readAt <= freshMs
    if (value === undefined || !isFresh) {
      value = create()
      request = asked
      readAt = clock.monotonic()
    }
    return value
  }
}

/** Counts a request's input once for all models of a ranking. */
export function createRankingEstimate(estimate: Estimator, clock: Pick<Clock, 'monotonic'>) {
  const of = createRankingCache(clock, (): { inputTokens?: number } => ({}))
  return (request: ChatRequest, model: ModelInfo): RequestEstimate => {
    const counted = of(request)
    const found = estimate(request, model, counted.inputTokens)
    counted.inputTokens = found.inputTokens
    return found
  }
}
