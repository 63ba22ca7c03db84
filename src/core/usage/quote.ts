import type { ChatRequest } from '../chat.js'
import { formatModelRef, type ModelInfo, type ModelRef, parseModelRef } from '../model.js'
import type { DecisionReport } from '../routing/decisions.js'
import type { Estimator } from './estimateRequest.js'

export interface QuotedModel {
  readonly ref: ModelRef
  readonly name: string
  /** What the request may cost. */
  readonly usd: number
  /** Tokens of answer that this reckons with, where one may be longer. */
  readonly answerTokens?: number
}

export interface Quote extends QuotedModel {
  /** Models that can do what is asked and cost less, the best first. */
  readonly cheaper: readonly QuotedModel[]
}

export interface QuoteOptions {
  readonly estimate: Estimator
  readonly simulate: (request: ChatRequest) => Pick<DecisionReport, 'chosen' | 'ranked'> | undefined
  readonly findModel: (model: ModelRef) => ModelInfo | undefined
}

/** Undefined where nobody knows what it costs. Sends nothing. */
export type QuoteRequest = (request: ChatRequest) => Quote | undefined

const mostCheaper = 3
const cheapest: ModelRef = { connection: 'auto', id: 'cheapest' }

/** What a request may cost, where its route would lead now, and what would cost less. */
export function createQuote({ estimate, simulate, findModel }: QuoteOptions): QuoteRequest {
  function quoteModel(request: ChatRequest, name: string): QuotedModel | undefined {
    const ref = parseModelRef(name)
    const model = ref === undefined ? undefined : findModel(ref)
    if (ref === undefined || model === undefined) return undefined
    const { usd, ...longest } = estimate({ ...request, model: ref }, model)
    if (usd === undefined) return undefined
    const { inputTokens, outputTokens, usualOutputTokens } = longest
    if (outputTokens === usualOutputTokens) return { ref, name: model.name, usd }
    const parameters = { ...request.parameters, maxOutputTokens: usualOutputTokens }
    const usual = estimate({ ...request, model: ref, parameters }, model, inputTokens)
    return { ref, name: model.name, usd: usual.usd ?? usd, answerTokens: usualOutputTokens }
  }

  return (request) => {
    const route = simulate(request)
    const name = route === undefined ? formatModelRef(request.model) : route.chosen
    const quoted = name === undefined ? undefined : quoteModel(request, name)
    if (quoted === undefined) return undefined
    return {
      ...quoted,
      get cheaper() {
        const ranked = simulate({ ...request, model: cheapest })?.ranked ?? []
        return ranked
          .flatMap(({ model }) => quoteModel(request, model) ?? [])
          .filter(({ usd }) => usd < quoted.usd)
          .slice(0, mostCheaper)
      },
    }
  }
}
