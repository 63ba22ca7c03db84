import type { Provider } from '../core/provider.js'
import { type ChatProviderRow, openModelWire, usualEmbeddings } from './shared/chatWire/wire.js'
import { headersField, modelIdsField, optionalKey, streamUsageField, timeoutField } from './shared/fields.js'
import { lazyEmbeddingProvider, lazyProvider } from './shared/lazyProvider.js'

/** A row in which what most have need not be said: it is in the cloud, and has no fields. */
type Row = Omit<ChatProviderRow, 'location' | 'fields'> &
  Partial<Pick<ChatProviderRow, 'location' | 'fields'>>

export function openaiCompatible(given: Row): Provider {
  const row: ChatProviderRow = { location: 'cloud', fields: [], ...given }
  const { id, name, description, location, baseUrl, key, fields, dataRetention } = row
  const facts = {
    id,
    name,
    description,
    location,
    fields,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(key === undefined ? {} : { key }),
    ...(dataRetention === undefined ? {} : { dataRetention }),
  }
  const make = row.embeddings === undefined ? lazyProvider : lazyEmbeddingProvider
  return make(facts, async () => {
    const { createChatProvider } = await import('./shared/chatWire/provider.js')
    return createChatProvider(row)
  })
}

export const anyOpenaiCompatible = openaiCompatible({
  id: 'openai-compatible',
  name: 'OpenAI-compatible',
  description: 'Any server with the OpenAI chat API: LM Studio, LiteLLM, OpenRouter, a company gateway',
  key: optionalKey,
  fields: [headersField, modelIdsField, streamUsageField, timeoutField],
  wire: { ...openModelWire, endMarker: 'finishReason' },
  embeddings: usualEmbeddings,
})
