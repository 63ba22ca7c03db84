import type { ResponsePart } from '../../core/chat.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { readAnswer } from '../shared/answer.js'
import { createChatProvider } from '../shared/chatWire/provider.js'
import type { ChatProviderRow } from '../shared/chatWire/wire.js'
import { ensureComplete } from '../shared/completeness.js'
import { customiseBody } from '../shared/customBody.js'
import { textField } from '../shared/fields.js'
import type { PdfRule } from '../shared/images.js'
import type { EmbeddingWork, ProviderWork } from '../shared/lazyProvider.js'
import { createParameterGate, type ParameterRules } from '../shared/parameters.js'
import { callIdsOf } from '../shared/toolCalls.js'
import { createToolNames } from '../shared/toolSchema.js'
import { createTransport, type Transport } from '../shared/transport.js'
import { responsesNames, responsesRules, toResponsesBody } from './request.js'
import { createResponsesReader } from './stream.js'

/** The Responses API, or Chat Completions where the connection says so. */
export function createOpenai(row: ChatProviderRow): EmbeddingWork {
  const overChat = createChatProvider(row)
  const overResponses = createResponsesApi(row, responsesRules)
  return {
    listModels: (context) => overChat.listModels(context),
    embed: (request, context) => overChat.embed(request, context),
    chat: (request, context) =>
      (textField(context, 'api') === 'chat' ? overChat : overResponses).chat(request, context),
  }
}

export function createResponsesApi(row: ChatProviderRow, rules: ParameterRules): Pick<ProviderWork, 'chat'> {
  const admit = createParameterGate()
  return { chat: (request, context) => chat(row, admit(request, context, rules), context) }
}

function chat(
  row: ChatProviderRow,
  request: ProviderChatRequest,
  context: ProviderContext,
): AsyncIterable<ResponsePart> {
  const { model } = request
  const { errorRules } = row
  const transport = createTransport(context, {
    provider: row,
    kind: 'chat',
    model,
    ...(errorRules === undefined ? {} : { errorRules }),
  })
  const pdf = row.wire?.pdf ?? 'told'
  return ensureComplete(answer(request, { context, transport, pdf }), { request, context, transport })
}

/** The terminal event has no end marker behind it. */
const afterEndMs = 1_000

interface Asking {
  readonly context: ProviderContext
  readonly transport: Transport
  readonly pdf: PdfRule
}

async function* answer(
  request: ProviderChatRequest,
  { context, transport, pdf }: Asking,
): AsyncGenerator<readonly ResponsePart[]> {
  const { model, tools = [] } = request
  const toolNames = createToolNames(tools)
  const whole = toResponsesBody(request, context, { toolNames, pdf })
  const body = customiseBody(whole, model, context, responsesNames)
  const { id: connection } = context.connection
  const callIds = callIdsOf(request)
  const reader = createResponsesReader({ connection, model: model.id, transport, toolNames, callIds })
  yield* readAnswer(await transport.stream('/responses', body), reader, { transport, afterEndMs })
}
