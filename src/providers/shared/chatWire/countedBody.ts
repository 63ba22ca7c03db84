import { type JsonRecord } from '../../../core/json.js'
import type { ProviderChatRequest, ProviderContext } from '../../../core/provider.js'
import { createToolNames } from '../toolSchema.js'
import { toChatBody } from './request.js'
import { openModelWire } from './wire.js'

/** What of a chat has tokens: the messages and the tools, as the chat itself would send them. */
export function toCountedBody(
  provider: string,
  request: ProviderChatRequest,
  { connection }: ProviderContext,
): Pick<JsonRecord, 'messages' | 'tools'> {
  const toolNames = createToolNames(request.tools ?? [])
  const { messages, tools } = toChatBody(request, {
    provider,
    connection,
    wire: openModelWire,
    toolNames,
    streamUsage: false,
  })
  return { messages, tools }
}
