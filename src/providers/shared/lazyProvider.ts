import { openLate } from '../../core/openLate.js'
import type { Provider } from '../../core/provider.js'

export type ProviderFacts = Omit<Provider, 'listModels' | 'chat' | 'countTokens' | 'embed' | 'rerank'>
export type ProviderWork = Pick<Provider, 'listModels' | 'chat' | 'embed'>
export type EmbeddingWork = Required<ProviderWork>
export type RankingWork = EmbeddingWork & Required<Pick<Provider, 'rerank'>>

/** A provider whose code is loaded, once, when it is first used: activation needs its facts alone. */
export function lazyProvider(facts: ProviderFacts, load: () => Promise<ProviderWork>): Provider {
  let loading: Promise<ProviderWork> | undefined
  const loaded = (): Promise<ProviderWork> => (loading ??= load())
  return {
    ...facts,
    async listModels(context) {
      const work = await loaded()
      return await work.listModels(context)
    },
    chat: (request, context) => openLate(async () => (await loaded()).chat(request, context)),
  }
}

/** The same for a provider that has embeddings too. */
export function lazyEmbeddingProvider(facts: ProviderFacts, load: () => Promise<EmbeddingWork>): Provider {
  let loading: Promise<EmbeddingWork> | undefined
  const loaded = (): Promise<EmbeddingWork> => (loading ??= load())
  return {
    ...lazyProvider(facts, loaded),
    async embed(request, context) {
      const work = await loaded()
      return await work.embed(request, context)
    },
  }
}

/** The same for a provider that ranks documents, too. */
export function lazyRankingProvider(facts: ProviderFacts, load: () => Promise<RankingWork>): Provider {
  let loading: Promise<RankingWork> | undefined
  const loaded = (): Promise<RankingWork> => (loading ??= load())
  return {
    ...lazyEmbeddingProvider(facts, loaded),
    async rerank(request, context) {
      const work = await loaded()
      return await work.rerank(request, context)
    },
  }
}

export type CountingWork = Required<Pick<Provider, 'countTokens'>>

/** The same provider with a count of tokens, whose code is loaded when it is first asked for. */
export function withTokenCount(provider: Provider, load: () => Promise<CountingWork>): Provider {
  return {
    ...provider,
    async countTokens(request, context) {
      const work = await load()
      return await work.countTokens(request, context)
    },
  }
}

/** The same provider with a ranking of documents, whose code is loaded when it is first asked for. */
export function withReranking(
  provider: Provider,
  load: () => Promise<Required<Pick<Provider, 'rerank'>>>,
): Provider {
  return {
    ...provider,
    async rerank(request, context) {
      const work = await load()
      return await work.rerank(request, context)
    },
  }
}
