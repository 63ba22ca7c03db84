import { openaiCompatible } from './openaiCompatible.js'
import { openModelWire, usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, headersField, timeoutFields } from './shared/fields.js'

export const together = openaiCompatible({
  id: 'together',
  name: 'Together AI',
  description: 'Hundreds of open models',
  dataRetention: {
    note: 'Nothing is stored unless the account opts in; models that are passed through are under their maker’s own policy.',
    url: 'https://docs.together.ai/docs/privacy-and-security',
  },
  baseUrl: 'https://api.together.ai/v1',
  key: apiKey(
    'https://api.together.ai/settings/api-keys',
    'TOGETHER_API_KEY',
    'TOGETHER_AI_API_KEY',
    'TOGETHERAI_API_KEY',
  ),
  fields: [headersField, ...timeoutFields],
  wire: openModelWire,
  embeddings: usualEmbeddings,
  // Its way of saying that a prompt is too long.
  errorRules: [{ status: [403], message: /tokens|context|too long/i, code: 'context-length' }],
})
