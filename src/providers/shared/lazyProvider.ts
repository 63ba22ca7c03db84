import type { ListedModel } from '../../core/model.js'
import { openLate } from '../../core/openLate.js'
import type { Provider, ProviderContext } from '../../core/provider.js'

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

/** Where a connection that names no address goes. */
export interface DefaultAddress {
  /** The list of the server that is found. Throws ModelError. */
  list(context: ProviderContext): Promise<readonly ListedModel[]>
  /** The same call to the server that was found; unchanged where none is. */
  place(context: ProviderContext): Promise<ProviderContext>
}

type FindAddress = (provider: Provider, hold: (baseUrl: string) => void) => DefaultAddress

/** The same provider, whose server is looked for at its other default addresses too; that code is loaded late. */
export function withOtherAddresses(provider: Provider, load: () => Promise<FindAddress>): Provider {
  let held: string | undefined
  let loading: Promise<DefaultAddress> | undefined
  const loaded = (): Promise<DefaultAddress> =>
    (loading ??= load().then((create) => create(provider, (baseUrl) => void (held = baseUrl))))
  const isDefault = ({ connection }: ProviderContext): boolean => connection.baseUrl === provider.baseUrl
  const place = async (context: ProviderContext): Promise<ProviderContext> =>
    isDefault(context) ? await (await loaded()).place(context) : context
  return {
    ...provider,
    heldBaseUrl: () => held,
    listModels: async (context) =>
      isDefault(context) ? await (await loaded()).list(context) : await provider.listModels(context),
    chat: (request, context) =>
      isDefault(context)
        ? openLate(async () => provider.chat(request, await place(context)))
        : provider.chat(request, context),
    ...placed(provider, place),
  }
}

type Place = (context: ProviderContext) => Promise<ProviderContext>
type Further = Pick<Provider, 'embed' | 'rerank' | 'countTokens'>

/** What the provider has of them. */
function placed({ embed, rerank, countTokens }: Further, place: Place): Further {
  return {
    ...(embed && { embed: async (request, context) => await embed(request, await place(context)) }),
    ...(rerank && { rerank: async (request, context) => await rerank(request, await place(context)) }),
    ...(countTokens && {
      countTokens: async (request, context) => await countTokens(request, await place(context)),
    }),
  }
}
