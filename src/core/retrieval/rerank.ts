import type { ModelRef } from '../model.js'
import type { RerankResult } from '../provider.js'
import type { ModelCall } from '../routing/callModel.js'
import { noUsage } from '../usage/sumUsage.js'
import { checkTexts } from './checkTexts.js'
import { cannot, createFindModel, type FindModelOptions, type ModelWish, reranking } from './findModel.js'
import { toTextRequest } from './textRequest.js'

export interface RerankOptions extends FindModelOptions {
  readonly call: ModelCall
}

export interface DocumentsToRank extends ModelWish {
  readonly query: string
  readonly documents: readonly string[]
}

interface RankedDocuments extends RerankResult {
  readonly model: ModelRef
}

/** Throws ModelError. */
export type RankDocuments = (request: DocumentsToRank, signal: AbortSignal) => Promise<RankedDocuments>

/** Scores documents by a query under everything that holds for a chat. Nothing is kept. */
export function createRerank(options: RerankOptions): RankDocuments {
  const findModel = createFindModel(options)
  return async ({ query, documents, ...wish }, signal) => {
    checkTexts([query], 'queries')
    checkTexts(documents, 'documents')
    const { connection, id } = await findModel(reranking, wish, signal)
    const model = { connection, id }
    if (documents.length === 0) return { model, scores: [], usage: noUsage }
    // A model reads the query with each document.
    const texts = documents.flatMap((document) => [query, document])
    const result = await options.call(
      toTextRequest({ model, operation: reranking.operation, texts, caller: wish.caller }),
      async (target, context) => {
        const answer = target.provider.rerank?.({ model: target.model, query, documents }, context)
        if (answer === undefined) throw cannot(reranking, target.model)
        return await answer
      },
      signal,
    )
    return { ...result, model }
  }
}
