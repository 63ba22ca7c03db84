import type { ResponsePart } from '../core/chat.js'
import type { ListedModel } from '../core/model.js'
import type { ConnectionField, Provider, ProviderChatRequest, ProviderContext } from '../core/provider.js'
import { summaries, toResponsesBody } from './openai/request.js'
import { readResponsesStream } from './openai/stream.js'
import { type ChatRow, chatCompletions, openaiCompatible } from './openaiCompatible.js'
import { standardWire } from './shared/chatWire/request.js'
import { ensureComplete } from './shared/completeness.js'
import { apiKey, headersField, textField, timeoutField } from './shared/fields.js'
import { streamEvents } from './shared/openaiClient.js'
import { createToolNames } from './shared/toolSchema.js'
import { createTransport } from './shared/transport.js'

const fields: readonly ConnectionField[] = [
  {
    id: 'api',
    label: 'API',
    type: 'choice',
    description: 'Responses is the newer one; Chat Completions is for gateways that have no other.',
    options: ['responses', 'chat'],
  },
  {
    id: 'reasoningSummary',
    label: 'Reasoning summaries',
    type: 'choice',
    description:
      'How much of its reasoning a model shows. Some models show it only to verified organisations.',
    options: summaries,
  },
  headersField,
  timeoutField,
]

const row: ChatRow = {
  id: 'openai',
  name: 'OpenAI',
  location: 'cloud',
  wire: {
    ...standardWire,
    parameters: { ...standardWire.parameters, maxOutputTokens: 'max_completion_tokens' },
  },
}

/** What the list holds beside chat models; it says nothing but ids. */
const otherIds =
  /embedding|whisper|tts|dall-e|image|sora|audio|realtime|transcribe|moderation|davinci|babbage|turbo-instruct|\blive\b/i

const overChat = openaiCompatible({
  ...row,
  description: 'GPT and reasoning models',
  baseUrl: 'https://api.openai.com/v1',
  key: apiKey('https://platform.openai.com/api-keys', 'OPENAI_API_KEY'),
  fields,
  refineModel: (model: ListedModel) => (otherIds.test(model.id) ? undefined : model),
})

export const openai: Provider = {
  ...overChat,
  chat: (request, context) =>
    textField(context, 'api') === 'chat'
      ? chatCompletions(row, request, context)
      : responses(request, context),
}

async function* responses(
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
