import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, extraBodyField, headersField, timeoutFields } from './shared/fields.js'

export const fireworks = openaiCompatible({
  id: 'fireworks',
  name: 'Fireworks AI',
  description: 'Open models, also your own deployments of them',
  dataRetention: {
    note: 'Nothing of requests to open models is stored unless the account opts in.',
    url: 'https://docs.fireworks.ai/guides/security_compliance/data_handling',
  },
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  key: apiKey(
    'https://app.fireworks.ai/settings/users/api-keys',
    'FIREWORKS_API_KEY',
    'FIREWORKS_AI_API_KEY',
  ),
  fields: [headersField, extraBodyField, ...timeoutFields],
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./fireworks/ways.js')).ways,
})
