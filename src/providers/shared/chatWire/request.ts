import type { DataPart, ReasoningEffort, ResponseFormat } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import { type JsonRecord } from '../../../core/json.js'
import type { Connection, ProviderChatRequest } from '../../../core/provider.js'
import { nearestEffort } from '../effort.js'
import { canTake, checkNewestData } from '../images.js'
import { toChatFormat } from '../responseFormat.js'
import { sanitiseSchema, type ToolNames } from '../toolSchema.js'
import { toChatMessages } from './messages.js'
import type { ChatWire } from './wire.js'

export interface BodyOptions {
  readonly provider: string
  readonly connection: Connection
  readonly wire: ChatWire
  readonly toolNames: ToolNames
  /** Whether the server may be asked to count tokens in the stream. */
  readonly streamUsage: boolean
}

/** The body of `POST /chat/completions`. Throws ModelError `capability-unsupported`. */
export function toChatBody(request: ProviderChatRequest, options: BodyOptions): JsonRecord {
  const { model } = request
  const { provider, toolNames, wire } = options
  const { callIdOf, reasoningMember, pdfPart, pdf = 'told' } = wire
  const takes = (part: DataPart): boolean => canTake(part, model, pdf)
  checkNewestData(request.messages, model, provider, takes)
  return {
    model: model.id,
    messages: toChatMessages({
      provider,
      connection: options.connection.id,
      request,
      toolNames,
      takes,
      ...compact({ callIdOf, reasoningMember, pdfPart }),
    }),
    stream: true,
    ...(options.streamUsage && wire.countsUnasked !== true
      ? { stream_options: { include_usage: true } }
      : {}),
    ...toTools(request, toolNames),
    ...toWireParameters(request, wire),
    ...wire.extra?.(request, options.connection),
  }
}

function toTools({ tools = [], toolMode }: ProviderChatRequest, toolNames: ToolNames): JsonRecord {
  if (tools.length === 0) return {}
  return {
    tools: tools.map((tool) => ({
      type: 'function',
      function: {
        name: toolNames.toWire(tool.name),
        description: tool.description,
        parameters: sanitiseSchema(tool.inputSchema),
      },
    })),
    ...(toolMode === 'required' ? { tool_choice: 'required' } : {}),
  }
}

/** Only what was given, and only what the server takes. */
function toWireParameters(request: ProviderChatRequest, wire: ChatWire): JsonRecord {
  const values = wireValues(request, wire)
  const named = Object.entries(wire.parameters).map(([ours, theirs]) => [theirs, values[ours]] as const)
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

function wireValues(request: ProviderChatRequest, wire: ChatWire): JsonRecord {
  const { model, parameters = {} } = request
  const { reasoningEffort, responseFormat, ...rest } = parameters
  const effort = (wanted: ReasoningEffort): string | undefined =>
    wire.effortOf === undefined ? nearestEffort(wanted, model, wire.efforts) : wire.effortOf(request)
  return {
    ...rest,
    reasoningEffort: reasoningEffort === undefined ? undefined : effort(reasoningEffort),
    responseFormat: responseFormat === undefined ? undefined : toWireFormat(responseFormat, wire),
  }
}

function toWireFormat(format: ResponseFormat, { jsonNeedsSchema }: ChatWire): JsonRecord | undefined {
  const told = toChatFormat(format)
  return format.type === 'json' && jsonNeedsSchema === true ? { ...told, schema: { type: 'object' } } : told
}
