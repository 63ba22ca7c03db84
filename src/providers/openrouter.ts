import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, extraBodyField, headersField, timeoutFields } from './shared/fields.js'

export const openrouter = openaiCompatible({
  id: 'openrouter',
  name: 'OpenRouter',
  description: 'Hundreds of models of all makers, with one key',
  dataRetention: {
    note: 'OpenRouter keeps neither requests nor answers unless the account lets it; the provider that it chooses has a policy of its own.',
    url: 'https://openrouter.ai/docs/features/privacy-and-logging',
  },
  baseUrl: 'https://openrouter.ai/api/v1',
  key: apiKey('https://openrouter.ai/settings/keys', 'OPENROUTER_API_KEY'),
  fields: [headersField, extraBodyField, ...timeoutFields],
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./openrouter/ways.js')).ways,
})
