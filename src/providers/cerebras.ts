import { openaiCompatible } from './openaiCompatible.js'
import { apiKey, extraBodyField, headersField, timeoutFields } from './shared/fields.js'

export const cerebras = openaiCompatible({
  id: 'cerebras',
  name: 'Cerebras',
  description: 'A few open models on the fastest hardware',
  baseUrl: 'https://api.cerebras.ai/v1',
  key: apiKey('https://cloud.cerebras.ai', 'CEREBRAS_API_KEY'),
  fields: [headersField, extraBodyField, ...timeoutFields],
  loadWays: async () => (await import('./cerebras/ways.js')).ways,
})
