import type { ResponsePart } from '../core/chat.js'
import type { ListedModel } from '../core/model.js'
import type { Log } from '../core/ports.js'
import type {
  ConnectionField,
  KeyField,
  Provider,
  ProviderChatRequest,
  ProviderContext,
} from '../core/provider.js'
import { readEntries, readModel } from './shared/chatWire/models.js'
import { type ChatWire, openModelWire, standardWire, toChatBody } from './shared/chatWire/request.js'
import { readChatStream } from './shared/chatWire/stream.js'
import { ensureComplete } from './shared/completeness.js'
import type { ErrorRule } from './shared/errorRules.js'
import {
  booleanField,
  headersField,
  listField,
  modelIdsField,
  optionalKey,
  streamUsageField,
  timeoutField,
} from './shared/fields.js'
import { unexpectedAnswer } from './shared/networkError.js'
import { streamEvents } from './shared/openaiClient.js'
import { createToolNames } from './shared/toolSchema.js'
import { createTransport, type Transport } from './shared/transport.js'

/** A provider that speaks Chat Completions, as data. */
export interface OpenAICompatible {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly location?: 'cloud' | 'local'
  readonly baseUrl?: string
  readonly key?: KeyField
  readonly fields?: readonly ConnectionField[]
  readonly wire?: Partial<ChatWire>
  readonly errorRules?: readonly ErrorRule[]
  /** What this provider's list entries say beyond the common; undefined drops the model. */
  readonly refineModel?: (model: ListedModel, entry: unknown) => ListedModel | undefined
  /** What only further requests tell. */
  readonly enrichModels?: (models: readonly ListedModel[], asking: Asking) => Promise<readonly ListedModel[]>
}

export interface Asking {
  readonly transport: Transport
  readonly log: Log
}

export function openaiCompatible(row: OpenAICompatible): Provider {
  const { id, name, description, location = 'cloud', baseUrl, key, fields = [] } = row
  return {
    id,
    name,
    description,
    location,
    fields,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(key === undefined ? {} : { key }),
    listModels: (context) => listModels({ ...row, location }, context),
    chat: (request, context) => chatCompletions({ ...row, location }, request, context),
  }
}

/** What a row needs to be chatted with. */
export interface ChatRow extends Pick<OpenAICompatible, 'id' | 'name' | 'wire' | 'errorRules'> {
  readonly location: 'cloud' | 'local'
}

export async function* chatCompletions(
  row: ChatRow,
  request: ProviderChatRequest,
  context: ProviderContext,
): AsyncIterable<ResponsePart> {
  const wire: ChatWire = { ...standardWire, ...row.wire }
  const transport = openTransport(row, context, request)
  const toolNames = createToolNames(request.tools ?? [])
  const streamUsage = booleanField(context, 'streamUsage') ?? true
  const body = toChatBody(request, { provider: row.id, wire, toolNames, streamUsage })
  const events = streamEvents(transport, '/chat/completions', body)
  const { endMarker } = wire
  const parts = readChatStream(events, {
    provider: row.id,
    model: request.model.id,
    transport,
    toolNames,
    endMarker,
  })
  yield* ensureComplete(parts, { request, context, transport })
}

function openTransport(row: ChatRow, context: ProviderContext, request?: ProviderChatRequest): Transport {
  return createTransport(context, {
    provider: row,
    kind: request === undefined ? 'list' : 'chat',
    ...(request === undefined ? {} : { model: request.model }),
    ...(row.errorRules === undefined ? {} : { errorRules: row.errorRules }),
  })
}

async function listModels(
  row: OpenAICompatible & ChatRow,
  context: ProviderContext,
): Promise<readonly ListedModel[]> {
  const transport = openTransport(row, context)
  const byHand = listField(context, 'modelIds').map((id): ListedModel => ({ id }))
  const listed = await readList(row, transport, byHand.length > 0)
  const models = new Map([...byHand, ...listed].map((model) => [model.id, model]))
  return row.enrichModels === undefined
    ? [...models.values()]
    : await row.enrichModels([...models.values()], { transport, log: context.log })
}

const lackStatuses = new Set([404, 405, 501])

/** A server without a list is no fault where models are named by hand. */
async function readList(
  row: OpenAICompatible,
  transport: Transport,
  mayLack: boolean,
): Promise<readonly ListedModel[]> {
  let body: unknown
  try {
    body = await transport.json('models')
  } catch (thrown) {
    const error = transport.error(thrown)
    if (mayLack && lackStatuses.has(error.status ?? 0)) return []
    throw error
  }
  const entries = readEntries(body)
  if (entries === undefined)
    throw unexpectedAnswer(transport.subject, 'something that is not a list of models')
  return entries.flatMap((entry) => {
    const model = readModel(entry)
    return (
      (model === undefined || row.refineModel === undefined ? model : row.refineModel(model, entry)) ?? []
    )
  })
}

export const anyOpenaiCompatible = openaiCompatible({
  id: 'openai-compatible',
  name: 'OpenAI-compatible',
  description: 'Any server with the OpenAI chat API: LM Studio, LiteLLM, OpenRouter, a company gateway',
  key: optionalKey,
  fields: [headersField, modelIdsField, streamUsageField, timeoutField],
  wire: { ...openModelWire, endMarker: 'finishReason' },
})
