import type { Provider } from '../core/provider.js'
import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { extraBodyField, headersField, optionalKey, timeoutFields } from './shared/fields.js'
import { withReranking, withTokenCount } from './shared/lazyProvider.js'

const row = openaiCompatible({
  id: 'llama-server',
  name: 'llama-server',
  description: 'A llama.cpp server that is already running',
  location: 'local',
  baseUrl: 'http://127.0.0.1:9931/v1',
  key: optionalKey,
  fields: [headersField, extraBodyField, ...timeoutFields],
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./llamaServer/ways.js')).ways,
})

const counting = withTokenCount(row, () => import('./llamaServer/countTokens.js'))

export const llamaServer: Provider = withReranking(counting, () => import('./llamaServer/rerank.js'))
