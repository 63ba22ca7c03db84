import type { Provider } from '../core/provider.js'
import { openaiCompatible } from './openaiCompatible.js'
import { openModelWire, usualEmbeddings } from './shared/chatWire/wire.js'
import { extraBodyField, headersField, optionalKey, timeoutFields } from './shared/fields.js'
import { withTokenCount } from './shared/lazyProvider.js'

const row = openaiCompatible({
  id: 'vllm',
  name: 'vLLM',
  description: 'A vLLM server, on this machine or a private host',
  location: 'local',
  baseUrl: 'http://127.0.0.1:8000/v1',
  key: optionalKey,
  fields: [headersField, extraBodyField, ...timeoutFields],
  wire: openModelWire,
  embeddings: usualEmbeddings,
})

export const vllm: Provider = withTokenCount(row, () => import('./vllm/countTokens.js'))
