import type { ResponsePart } from '../../core/chat.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { createChatProvider } from '../shared/chatWire/provider.js'
import type { ChatProviderRow } from '../shared/chatWire/wire.js'
import { ensureComplete } from '../shared/completeness.js'
import { textField } from '../shared/fields.js'
import type { EmbeddingWork } from '../shared/lazyProvider.js'
import { streamEvents } from '../shared/openaiClient.js'
import { createParameterGate } from '../shared/parameters.js'
import { createToolNames } from '../shared/toolSchema.js'
import { createTransport } from '../shared/transport.js'
import { responsesRules, toResponsesBody } from './request.js'
import { readResponsesStream } from './stream.js'

/** The Responses API, or Chat Completions where the connection says so. */
export function createOpenai(row: ChatProviderRow): EmbeddingWork {
  const overChat = createChatProvider(row)
  const admit = createParameterGate()
  return {
    listModels: (context) => overChat.listModels(context),
    embed: (request, context) => overChat.embed(request, context),
    chat: (request, context) =>
      textField(context, 'api') === 'chat'
        ? overChat.chat(request, context)
        : chat(row, admit(request, context, responsesRules), context),
  }
}

async function* chat(
  row: ChatProviderRow,
  request: ProviderChatRequest,
  context: ProviderContext,
): AsyncIterable<ResponsePart> {
  const transport = createTransport(context, { provider: row, kind: 'chat', model: request.model })
  const toolNames = createToolNames(request.tools ?? [])
  const events = streamEvents(transport, '/responses', toResponsesBody(request, context, toolNames))
  const { id: connection } = context.connection
  const parts = readResponsesStream(events, { connection, model: request.model.id, transport, toolNames })
  yield* ensureComplete(parts, { request, context, transport })
}
