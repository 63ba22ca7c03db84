import { openLate } from '../../core/openLate.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { responsesRules } from '../openai/request.js'
import { createChatProvider } from '../shared/chatWire/provider.js'
import type { ChatProviderRow } from '../shared/chatWire/wire.js'
import { textField } from '../shared/fields.js'
import type { EmbeddingWork, ProviderWork } from '../shared/lazyProvider.js'
import type { ParameterRules } from '../shared/parameters.js'

/** OpenAI's own models refuse what they refuse behind a gateway too; of others nothing is known. */
const openaiIds = /^(ft:)?(o\d|gpt-\d|chatgpt|codex)/

const rules: ParameterRules = {
  ...responsesRules,
  refuses: (request) => (openaiIds.test(request.model.id) ? (responsesRules.refuses?.(request) ?? []) : []),
}

type Talk = Pick<ProviderWork, 'chat'>

/** Servers that have copied Anthropic's API take what its older version takes, and the key as most gateways do. */
async function loadMessages({ id, name, location }: ChatProviderRow): Promise<Talk> {
  const { createMessagesApi } = await import('../anthropic/messagesApi.js')
  return createMessagesApi({
    provider: { id, name, location },
    authorization: 'bearer',
    apiVersion: '2023-06-01',
  })
}

async function loadResponses(row: ChatProviderRow): Promise<Talk> {
  const { createResponsesApi } = await import('../openai/provider.js')
  return createResponsesApi(row, rules)
}

/** Anthropic's base URLs end before the version, where the model list's path begins. */
function withVersion(context: ProviderContext): ProviderContext {
  const { connection } = context
  if (textField(context, 'mode') !== 'messages' || connection.baseUrl === undefined) return context
  const baseUrl = `${connection.baseUrl.replace(/(\/v1)?\/*$/, '')}/v1`
  return { ...context, connection: { ...connection, baseUrl } }
}

/** One base URL, spoken to in the API that the connection names. */
export function createModes(row: ChatProviderRow): EmbeddingWork {
  const overChat = createChatProvider(row)
  const loaded = new Map<string, Promise<Talk>>()
  const load = (mode: string, make: (row: ChatProviderRow) => Promise<Talk>): Promise<Talk> => {
    const known = loaded.get(mode) ?? make(row)
    loaded.set(mode, known)
    return known
  }
  const talkOf = async (context: ProviderContext): Promise<Talk> => {
    const mode = textField(context, 'mode')
    if (mode === 'responses') return await load(mode, loadResponses)
    return mode === 'messages' ? await load(mode, loadMessages) : overChat
  }
  return {
    listModels: (context) => overChat.listModels(withVersion(context)),
    embed: (request, context) => overChat.embed(request, withVersion(context)),
    chat: (request: ProviderChatRequest, context: ProviderContext) =>
      openLate(async () => (await talkOf(context)).chat(request, context)),
  }
}
