import { openaiCompatible } from './openaiCompatible.js'
import { apiKey, extraBodyField, headersField, timeoutFields } from './shared/fields.js'

export const mistral = openaiCompatible({
  id: 'mistral',
  name: 'Mistral',
  description: 'Mistral’s models from its own servers in Europe',
  dataRetention: {
    note: 'Requests and answers are kept for 30 days to look into abuse, unless the account has been granted that nothing is kept.',
    url: 'https://legal.mistral.ai/terms/privacy-policy',
  },
  baseUrl: 'https://api.mistral.ai/v1',
  key: apiKey('https://console.mistral.ai/api-keys', 'MISTRAL_API_KEY'),
  fields: [headersField, extraBodyField, ...timeoutFields],
  // It takes 16,384 tokens in one request; an estimate may be wrong by half.
  embeddings: { inputs: 128, tokens: 8_000 },
  loadWays: async () => (await import('./mistral/ways.js')).ways,
})
