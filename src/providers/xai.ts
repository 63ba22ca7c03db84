import { openaiCompatible } from './openaiCompatible.js'
import { apiKey, extraBodyField, headersField, timeoutFields } from './shared/fields.js'

export const xai = openaiCompatible({
  id: 'xai',
  name: 'xAI',
  description: 'Grok, from its maker',
  dataRetention: {
    note: 'Requests and answers are kept for 30 days to look into abuse, and then deleted, unless the account has agreed otherwise.',
    url: 'https://docs.x.ai/docs/resources/faq-api/security',
  },
  baseUrl: 'https://api.x.ai/v1',
  key: apiKey('https://console.x.ai', 'XAI_API_KEY'),
  fields: [headersField, extraBodyField, ...timeoutFields],
  loadWays: async () => (await import('./xai/ways.js')).ways,
})
