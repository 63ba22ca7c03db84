import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { numberAt } from '../shared/json.js'
import { countOf } from '../shared/tokenCount.js'
import { createToolNames } from '../shared/toolSchema.js'
import { anthropicsOwn, openTransport } from './messagesApi.js'
import { toMessageParams } from './request.js'

/** `POST /v1/messages/count_tokens`: free of charge, with limits of its own. It takes what has tokens, and nothing else. */
export async function countTokens(request: ProviderChatRequest, context: ProviderContext): Promise<number> {
  const { model, tools = [] } = request
  const transport = openTransport(anthropicsOwn, context, { kind: 'document', model })
  const names = createToolNames(tools)
  const {
    messages,
    system,
    tools: sentTools,
    tool_choice,
  } = toMessageParams(request, {
    connection: context.connection,
    names,
    support: undefined,
  })
  const body = { model: model.id, messages, system, tools: sentTools, tool_choice }
  const answer = await transport.json('v1/messages/count_tokens', body)
  return countOf(numberAt(answer, 'input_tokens'), transport.subject)
}
