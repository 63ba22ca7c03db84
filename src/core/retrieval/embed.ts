import type { Cache, CacheableEmbedRequest, CachedEmbedResult } from '../cache/cache.js'
import type { ChatRequest } from '../chat.js'
import { compact } from '../compact.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { EmbedResult } from '../provider.js'
import type { ModelCall } from '../routing/callModel.js'
import { addUsage, noUsage } from '../usage/sumUsage.js'
import { splitBatches } from './batches.js'
import { checkTexts } from './checkTexts.js'
import { cannot, createFindModel, embedding, type FindModelOptions, type ModelWish } from './findModel.js'
import { toTextRequest } from './textRequest.js'

export interface EmbedOptions extends FindModelOptions {
  readonly call: ModelCall
  readonly cache: Pick<Cache, 'wrapEmbed'>
}

export interface TextsToEmbed extends ModelWish {
  /** Any number, none of them empty. */
  readonly texts: readonly string[]
  /** Length of each embedding, where the model can choose. */
  readonly dimensions?: number | undefined
  readonly cache?: ChatRequest['cache'] | undefined
}

interface EmbeddedTexts extends CachedEmbedResult {
  readonly model: ModelRef
}

/** Throws ModelError. */
export type EmbedTexts = (request: TextsToEmbed, signal: AbortSignal) => Promise<EmbeddedTexts>

function isListed(model: ModelInfo | ModelRef): model is ModelInfo {
  return 'capabilities' in model
}

type AskedTexts = Omit<CacheableEmbedRequest, 'model'> & { readonly model: ModelRef }

/** One call for each batch. */
async function askInBatches(call: ModelCall, request: AskedTexts, signal: AbortSignal): Promise<EmbedResult> {
  const { model, dimensions, caller } = request
  const { operation } = embedding
  const embeddings: (readonly number[])[] = []
  let usage = noUsage
  for (const inputs of splitBatches(request.inputs, (text) => text.length)) {
    const result = await call(
      toTextRequest({ model, operation, texts: inputs, caller }),
      async ({ provider, model: listed }, context) => {
        const answer = provider.embed?.({ model: listed, inputs, ...compact({ dimensions }) }, context)
        if (answer === undefined) throw cannot(embedding, listed)
        return await answer
      },
      signal,
    )
    for (const vector of result.embeddings) embeddings.push(vector)
    usage = addUsage(usage, result.usage)
  }
  return { embeddings, usage }
}

/** Embeds under everything that holds for a chat. Texts that are kept are not asked for, each other one only once. */
export function createEmbed(options: EmbedOptions): EmbedTexts {
  const findModel = createFindModel(options)
  const ask = async (request: AskedTexts, signal: AbortSignal) =>
    await askInBatches(options.call, request, signal)
  const askOrKnow = options.cache.wrapEmbed(ask)
  return async ({ texts, dimensions, cache, ...wish }, signal) => {
    checkTexts(texts, 'texts')
    const model = await findModel(embedding, wish, signal)
    const asked = { inputs: texts, caller: wish.caller, ...compact({ dimensions, cache }) }
    const result = isListed(model)
      ? await askOrKnow({ ...asked, model }, signal)
      : { ...(await ask({ ...asked, model }, signal)), cachedInputs: 0 }
    return { model: { connection: model.connection, id: model.id }, ...result }
  }
}
