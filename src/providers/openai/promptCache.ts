import { type JsonRecord } from '../../core/json.js'
import type { Connection, ProviderChatRequest } from '../../core/provider.js'

/** Other servers that speak OpenAI's wires may refuse a member that they do not know. */
const takers: ReadonlySet<string> = new Set(['openai', 'azure-openai'])

/** The longest that the API takes, in characters. */
const mostCharacters = 64

/** Sends the requests of one conversation to where their common beginning is cached. */
export function promptCacheMembers(
  { conversation }: Pick<ProviderChatRequest, 'conversation'>,
  { provider }: Pick<Connection, 'provider'>,
): JsonRecord {
  if (conversation === undefined || !takers.has(provider)) return {}
  return { prompt_cache_key: conversation.slice(-mostCharacters) }
}
