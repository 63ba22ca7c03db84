import { answersText, type ChatParameters, type ChatRequest } from '../chat.js'
import { mostTokens } from '../credible.js'
import { formatModelRef, type ModelInfo } from '../model.js'
import { estimateInput } from '../tokens/calibration.js'
import type { TokenCounter } from '../tokens/estimate.js'
import { priceAtMost } from './price.js'

/** The most that a request may use. */
export interface RequestEstimate {
  readonly inputTokens: number
  /** The longest answer that may come, or that is reckoned with if nobody says how long one may be. */
  readonly outputTokens: number
  /** The answer to reckon with: no longer than the assumption where only the model says how long one may be. */
  readonly usualOutputTokens: number
  /** Absent where the price is unknown. */
  readonly usd?: number
  /** True if neither the request nor the user bounds the answer, so that a budget may. */
  readonly isOpen?: boolean
}

export interface EstimatorOptions {
  readonly tokens: TokenCounter
  /** What is sent with the request besides its own parameters. */
  readonly parameters?: (request: ChatRequest) => ChatParameters
  /** Whether a request to the model may be written to a prompt cache that lasts an hour; never where absent. */
  readonly mayCacheForAnHour?: (model: ModelInfo) => boolean
  /** Whether the server can be told how long an answer may be; always if absent. */
  readonly takesLimit?: (model: ModelInfo) => boolean
}

/** Tokens of an answer to reckon with that neither the request nor the model bounds lower. */
const usualAnswerTokens = 4_096
/** The same for what budgets reserve, and send as the limit. */
const longAnswerTokens = 8_192

/** `inputTokens` where they have been counted for another model already, which is near enough for a ranking. */
export type Estimator = (request: ChatRequest, model: ModelInfo, inputTokens?: number) => RequestEstimate

/**
 * Estimates requests before they are sent. Where a request or the user's parameters say how long an answer may be, the
 * output is that bound, and so is never more; otherwise a budget has to send its own.
 */
export function createEstimator(options: EstimatorOptions): Estimator {
  const { tokens } = options

  function boundOutput(request: ChatRequest, model: ModelInfo) {
    if (!answersText(request)) return { outputTokens: 0, usualOutputTokens: 0 }
    const asked = request.parameters?.maxOutputTokens ?? options.parameters?.(request).maxOutputTokens
    const atMost = model.maxOutputTokens ?? mostTokens
    const takesLimit = options.takesLimit?.(model) ?? true
    const bound = takesLimit ? asked : (model.maxOutputTokens ?? asked)
    return {
      outputTokens: Math.min(bound ?? longAnswerTokens, atMost),
      usualOutputTokens: Math.min(asked ?? usualAnswerTokens, atMost),
      ...(bound === undefined && takesLimit ? { isOpen: true } : {}),
    }
  }

  return (request, model, counted) => {
    const name = formatModelRef({ connection: model.connection, id: model.id })
    const inputTokens = counted ?? estimateInput(tokens, name, request)
    const bounds = boundOutput(request, model)
    const { outputTokens } = bounds
    const mayCacheForAnHour = options.mayCacheForAnHour?.(model) ?? false
    const usd = priceAtMost({ inputTokens, outputTokens, mayCacheForAnHour }, model)
    return { inputTokens, ...bounds, ...(usd === undefined ? {} : { usd }) }
  }
}

/** The same request with answers of other lengths, without counting its input again. */
export function estimateAnswers(
  estimate: Estimator,
  { request, model, estimated }: { request: ChatRequest; model: ModelInfo; estimated: RequestEstimate },
): (outputTokens: number) => RequestEstimate {
  return (maxOutputTokens) => {
    const parameters = { ...request.parameters, maxOutputTokens }
    return estimate({ ...request, parameters }, model, estimated.inputTokens)
  }
}
