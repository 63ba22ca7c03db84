import { createChatProvider } from '../shared/chatWire/provider.js'
import type { ChatProviderRow } from '../shared/chatWire/wire.js'
import type { RankingWork } from '../shared/lazyProvider.js'
import { embed } from './embeddings.js'
import { rerank } from './rerank.js'
import { ways } from './ways.js'

export function createCohere(facts: ChatProviderRow): RankingWork {
  const row = { ...facts, ...ways }
  return {
    ...createChatProvider(row),
    embed: (request, context) => embed(row, request, context),
    rerank: (request, context) => rerank(row, request, context),
  }
}
