import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { extraBodyField, headersField, optionalKey, timeoutFields } from './shared/fields.js'

export const lmStudio = openaiCompatible({
  id: 'lm-studio',
  name: 'LM Studio',
  description: 'The server of LM Studio, on this machine or a private host',
  location: 'local',
  baseUrl: 'http://127.0.0.1:1234/v1',
  key: optionalKey,
  fields: [headersField, extraBodyField, ...timeoutFields],
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./lmStudio/ways.js')).ways,
})
