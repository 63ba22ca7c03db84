import { answersText, type ChatParameters, type ChatRequest } from '../chat.js'
import { mostTokens } from '../credible.js'
import { formatModelRef, type ModelInfo } from '../model.js'
import { estimateInput } from '../tokens/calibration.js'
import type { TokenCounter } from '../tokens/estimate.js'
import { priceAtMost } from './price.js'

/** The most that a request may use. */
export interface RequestEstimate {
  readonly inputTokens: number
  /** The longest answer that may come; an assumption where nobody says how long one may be. */
  readonly outputTokens: number
  /** The answer to reckon with: no longer than the assumption where only the model says how long one may be. */
  readonly usualOutputTokens: number
  /** Absent where the price is unknown. */
  readonly usd?: number
}

export interface EstimatorOptions {
  readonly tokens: TokenCounter
  /** What is sent with the request besides its own parameters. */
  readonly parameters?: (request: ChatRequest) => ChatParameters
  /** Whether a request to the model may be written to a prompt cache that lasts an hour; never where absent. */
  readonly mayCacheForAnHour?: (model: ModelInfo) => boolean
}

/** Tokens of an answer that neither the request nor the model bounds lower. */
const assumedOutputTokens = 4_096

/** `inputTokens` where they have been counted for another model already, which is near enough for a ranking. */
export type Estimator = (request: ChatRequest, model: ModelInfo, inputTokens?: number) => RequestEstimate

/**
 * Estimates requests before they are sent. Where a request, its model's settings or the model say how long an answer may
 * be, the output is that bound, and so is never more; otherwise it is an assumption.
 */
export function createEstimator(options: EstimatorOptions): Estimator {
  const { tokens } = options

  function boundOutput(request: ChatRequest, { maxOutputTokens }: ModelInfo) {
    if (!answersText(request)) return { outputTokens: 0, usualOutputTokens: 0 }
    const asked = request.parameters?.maxOutputTokens ?? options.parameters?.(request).maxOutputTokens
    const atMost = maxOutputTokens ?? mostTokens
    return {
      outputTokens: Math.min(asked ?? maxOutputTokens ?? assumedOutputTokens, atMost),
      usualOutputTokens: Math.min(asked ?? assumedOutputTokens, atMost),
    }
  }

  return (request, model, counted) => {
    const name = formatModelRef({ connection: model.connection, id: model.id })
    const inputTokens = counted ?? estimateInput(tokens, name, request)
    const { outputTokens, usualOutputTokens } = boundOutput(request, model)
    const mayCacheForAnHour = options.mayCacheForAnHour?.(model) ?? false
    const usd = priceAtMost({ inputTokens, outputTokens, mayCacheForAnHour }, model)
    return { inputTokens, outputTokens, usualOutputTokens, ...(usd === undefined ? {} : { usd }) }
  }
}
