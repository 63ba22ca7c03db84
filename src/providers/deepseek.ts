import { openaiCompatible } from './openaiCompatible.js'
import { apiKey, extraBodyField, headersField, timeoutFields } from './shared/fields.js'

export const deepseek = openaiCompatible({
  id: 'deepseek',
  name: 'DeepSeek',
  description: 'DeepSeek’s models from its own servers in China',
  dataRetention: {
    note: 'Kept in China for as long as DeepSeek needs it, without a stated end; its policy allows it to improve its models by it.',
    url: 'https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html',
  },
  baseUrl: 'https://api.deepseek.com',
  key: apiKey('https://platform.deepseek.com/api_keys', 'DEEPSEEK_API_KEY'),
  fields: [headersField, extraBodyField, ...timeoutFields],
  loadWays: async () => (await import('./deepseek/ways.js')).ways,
})
