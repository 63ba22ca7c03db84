import { ModelError } from '../../core/errors.js'
import { formatModelRef } from '../../core/model.js'
import type { RerankRequest, RerankResult } from '../../core/provider.js'
import { splitBatches } from '../../core/retrieval/batches.js'
import { noUsage } from '../../core/usage/sumUsage.js'
import { estimateTokens } from './estimate.js'
import { arrayAt, numberAt } from './json.js'

/** What one request was answered. */
export interface RankAnswer {
  /** By the place of a document among those that were asked about. */
  readonly scores: ReadonlyMap<number, number>
  /** Undefined where the server does not count. */
  readonly inputTokens: number | undefined
}

/** One request after another. Throws ModelError, `provider-error` where a document has no score. */
export async function rankInBatches(
  request: RerankRequest,
  documentsAtOnce: number,
  ask: (documents: readonly string[]) => Promise<RankAnswer>,
): Promise<RerankResult> {
  const scores: number[] = []
  let inputTokens = 0
  let isExact = true
  const limits = { items: documentsAtOnce, length: Number.POSITIVE_INFINITY }
  for (const batch of splitBatches(request.documents, () => 0, limits)) {
    const answer = await ask(batch)
    for (const index of batch.keys()) {
      const score = answer.scores.get(index)
      if (score === undefined) throw unscored(request, scores.length + 1)
      scores.push(score)
    }
    isExact &&= answer.inputTokens !== undefined
    inputTokens += answer.inputTokens ?? estimate(request.query, batch)
  }
  return { scores, usage: { ...noUsage, inputTokens, accuracy: isExact ? 'exact' : 'estimated' } }
}

/** A model reads the query with each document. */
function estimate(query: string, documents: readonly string[]): number {
  const asked = estimateTokens(query)
  return documents.reduce((sum, document) => sum + asked + estimateTokens(document), 0)
}

function unscored({ model, documents }: RerankRequest, place: number): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${formatModelRef(model)} gave document ${place} of ${documents.length} no score. Try again, or choose another model for reranking.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
  })
}

/** `{results: [{index, relevance_score}]}` in any order, as Cohere and all that copy it answer. */
export function readScores(body: unknown): ReadonlyMap<number, number> {
  return new Map(
    arrayAt(body, 'results').flatMap((result) => {
      const index = numberAt(result, 'index')
      const score = numberAt(result, 'relevance_score')
      return index === undefined || score === undefined ? [] : [[index, score] as const]
    }),
  )
}
