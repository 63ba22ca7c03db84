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

/** What is opened with its first step. A generator in between would cost each further step as much as the reading. */
function openLate<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      let opened: AsyncIterator<T> | undefined
      let opening: Promise<AsyncIterator<T>> | undefined
      let isLeft = false
      const start = async (): Promise<IteratorResult<T>> => {
        opening ??= open().then((iterable) => iterable[Symbol.asyncIterator]())
        opened = await opening
        return await opened.next()
      }
      return {
        next() {
          if (isLeft) return Promise.resolve({ done: true, value: undefined })
          return opened === undefined ? start() : opened.next()
        },
        async return() {
          isLeft = true
          const iterator = opened ?? (await opening?.catch(() => undefined))
          await iterator?.return?.()
          return { done: true, value: undefined }
        },
      }
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
