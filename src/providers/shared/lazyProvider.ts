import type { Provider } from '../../core/provider.js'

export type ProviderFacts = Omit<Provider, 'listModels' | 'chat'>
export type ProviderWork = Pick<Provider, 'listModels' | 'chat'>

/** A provider whose code is loaded when it is first used: activation needs its facts alone. */
export function lazyProvider(facts: ProviderFacts, load: () => Promise<ProviderWork>): Provider {
  return {
    ...facts,
    async listModels(context) {
      const work = await load()
      return await work.listModels(context)
    },
    async *chat(request, context) {
      const work = await load()
      yield* work.chat(request, context)
    },
  }
}
