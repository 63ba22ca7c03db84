import type { Provider } from '../../core/provider.js'

export type ProviderFacts = Omit<Provider, 'listModels' | 'chat'>
export type ProviderWork = Pick<Provider, 'listModels' | 'chat'>

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
    async *chat(request, context) {
      const work = await loaded()
      yield* work.chat(request, context)
    },
  }
}
