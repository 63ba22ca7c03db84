import { compact } from '../../core/compact.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { toCountedBody } from '../shared/chatWire/countedBody.js'
import { openModelWire } from '../shared/chatWire/wire.js'
import { numberAt } from '../shared/json.js'
import { countOf } from '../shared/tokenCount.js'
import { createTransport } from '../shared/transport.js'

const provider = { id: 'vllm', name: 'vLLM', location: 'local' } as const

/** `POST /tokenize`, beside the API's own paths: it applies the chat template, and counts. */
export async function countTokens(request: ProviderChatRequest, context: ProviderContext): Promise<number> {
  const { model } = request
  const transport = createTransport(context, { provider, kind: 'document', model })
  const { messages, tools } = toCountedBody({ id: provider.id, wire: openModelWire }, request, context)
  const root = transport.baseUrl.replace(/\/v1$/, '')
  const body = compact({ model: model.id, messages, tools, add_generation_prompt: true })
  const answer = await transport.json(`${root}/tokenize`, body)
  return countOf(numberAt(answer, 'count'), transport.subject)
}
