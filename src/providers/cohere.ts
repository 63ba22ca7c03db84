import type { ConnectionField } from '../core/provider.js'
import { factsOf } from './openaiCompatible.js'
import type { ChatProviderRow } from './shared/chatWire/wire.js'
import { apiKey, extraBodyField, headersField, streamUsageField, timeoutFields } from './shared/fields.js'
import { lazyRankingProvider } from './shared/lazyProvider.js'

const inputTypeField: ConnectionField = {
  id: 'inputType',
  label: 'Embed texts as',
  type: 'choice',
  description:
    'What embeddings are for: search_document by default; search_query for the questions of a search, classification or clustering for those.',
  options: ['search_document', 'search_query', 'classification', 'clustering'],
}

const row: ChatProviderRow = {
  id: 'cohere',
  name: 'Cohere',
  description: 'Command models, embeddings and reranking from Cohere’s own servers',
  location: 'cloud',
  dataRetention: {
    note: 'Logged requests and answers are deleted after 30 days unless flagged for misuse; Cohere trains on them unless the account opts out in its data controls.',
    url: 'https://cohere.com/enterprise-data-commitments',
  },
  baseUrl: 'https://api.cohere.com',
  key: apiKey('https://dashboard.cohere.com/api-keys', 'COHERE_API_KEY', 'CO_API_KEY'),
  fields: [inputTypeField, headersField, extraBodyField, streamUsageField, ...timeoutFields],
}

/** Chats take the API that copies OpenAI’s; embeddings and reranking take Cohere’s own, which alone has lengths and ranks. */
export const cohere = lazyRankingProvider(factsOf(row), async () => {
  const { createCohere } = await import('./cohere/provider.js')
  return createCohere(row)
})
