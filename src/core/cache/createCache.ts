import { createAnswerCache } from './answerCache.js'
import type { Cache, CacheOptions } from './cache.js'
import { createEmbeddingCache } from './embeddingCache.js'
import { guardStore } from './guardedStore.js'
import { createStatistics } from './statistics.js'
import type { CacheStore } from './store.js'

/** Opens the store, and deletes what no rule would give again. */
async function openPruned({ openStore, policy, clock }: CacheOptions): Promise<CacheStore> {
  const store = await openStore()
  const { ttlMs, connections } = policy()
  const longest = Math.max(ttlMs, ...Object.values(connections).map((rules) => rules.ttlMs ?? 0))
  await store.delete({ createdBefore: clock.now() - longest })
  return store
}

/** Answers and embeddings that are given again instead of being asked for again. */
export function createCache(options: CacheOptions): Cache {
  const store = guardStore({ open: () => openPruned(options), clock: options.clock, log: options.log })
  const statistics = createStatistics()
  const parts = { options, store, statistics }
  return {
    middleware: createAnswerCache(parts),
    wrapEmbed: (embed) => createEmbeddingCache(parts, embed),
    async statistics() {
      const size = await (await store.open()).size()
      return { ...statistics.read(), ...size }
    },
    clear: async (filter) => await (await store.open()).delete(filter),
    dispose: () => store.dispose(),
  }
}
