import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { extraBodyField, headersField, optionalKey, timeoutFields } from './shared/fields.js'

export const litellm = openaiCompatible({
  id: 'litellm',
  name: 'LiteLLM',
  description: 'A LiteLLM proxy in front of other providers, such as http://localhost:4000/v1',
  key: optionalKey,
  fields: [headersField, extraBodyField, ...timeoutFields],
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./litellm/ways.js')).ways,
})
