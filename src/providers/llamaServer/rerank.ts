import type { ModelInfo } from '../../core/model.js'
import type { ProviderContext, RerankRequest, RerankResult } from '../../core/provider.js'
import { numberAt, recordAt } from '../shared/json.js'
import { rankInBatches, readScores } from '../shared/ranking.js'
import { createTransport } from '../shared/transport.js'
import { serverFacts } from './serverFacts.js'

/** The server works on as many as it has slots, and has no limit. */
const documentsAtOnce = 512

/** `POST /rerank`, below the base URL; an unloaded model of a router is loaded. Throws ModelError. */
export async function rerank(request: RerankRequest, context: ProviderContext): Promise<RerankResult> {
  const { model, query } = request
  const transport = createTransport(context, { provider: serverFacts, kind: 'document', model })
  const { scores, usage } = await rankInBatches(request, documentsAtOnce, async (documents) => {
    const body = await transport.json('rerank', { model: model.id, query, documents })
    return { scores: readScores(body), inputTokens: numberAt(recordAt(body, 'usage'), 'prompt_tokens') }
  })
  return { scores: normalise(scores, model), usage }
}

/** Models whose classes llama.cpp weighs against each other, so that what comes is a probability. */
const tellsProbability = /qwen-?3/i

/** Of all other models the server gives what their last layer says, which may be any number. */
function normalise(scores: readonly number[], { id }: ModelInfo): readonly number[] {
  const areProbabilities = tellsProbability.test(id) && scores.every((score) => score >= 0 && score <= 1)
  return areProbabilities ? scores : scores.map((score) => 1 / (1 + Math.exp(-score)))
}
