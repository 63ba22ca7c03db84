import type { Provider } from '../core/provider.js'
import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { extraBodyField, headersField, optionalKey, timeoutFields } from './shared/fields.js'
import { withOtherAddresses, withReranking, withTokenCount } from './shared/lazyProvider.js'

/** The port of servers to come, which have announced it, and the one that they have had so far. */
const ports = [9931, 8080]

/** `addresses` are base URLs, in the order in which they are tried for a connection that has none of its own. */
export function createLlamaServer(
  [baseUrl = '', ...otherBaseUrls] = ports.map((port) => `http://127.0.0.1:${port}/v1`),
): Provider {
  const row = openaiCompatible({
    id: 'llama-server',
    name: 'llama-server',
    description: 'A llama.cpp server that is already running',
    location: 'local',
    baseUrl,
    key: optionalKey,
    fields: [headersField, extraBodyField, ...timeoutFields],
    embeddings: usualEmbeddings,
    loadWays: async () => (await import('./llamaServer/ways.js')).ways,
  })
  const counting = withTokenCount(row, () => import('./llamaServer/countTokens.js'))
  const ranking = withReranking(counting, () => import('./llamaServer/rerank.js'))
  return withOtherAddresses(
    { ...ranking, otherBaseUrls },
    async () => (await import('./llamaServer/defaultAddress.js')).createDefaultAddress,
  )
}

export const llamaServer: Provider = createLlamaServer()
