import type { Anthropic } from '@anthropic-ai/sdk'
import type { ChatParameters } from '../../core/chat.js'
import { compact } from '../../core/compact.js'
import type { Connection, ProviderChatRequest } from '../../core/provider.js'
import type { WireNames } from '../shared/customBody.js'
import type { ParameterRules } from '../shared/parameters.js'
import type { ToolNames } from '../shared/toolSchema.js'
import { type Conversation, toConversation, toTools } from './messages.js'
import { type ApiVersion, apiVersions } from './options.js'
import { type ThinkingParameters, type ThinkingSupport, thinkingParameters } from './thinking.js'

/** The sampling knobs of API version 2023-06-01; the SDK's types have dropped them. */
export type MessageParams = Anthropic.MessageCreateParamsStreaming & {
  temperature?: number
  top_p?: number
  top_k?: number
}

/** Tokens, where nobody states the model's own limit. */
const assumedMaxTokens = 8_192

export function apiVersionOf(connection: Connection, otherwise: ApiVersion): ApiVersion {
  return apiVersions.find((version) => version === connection.fields.apiVersion) ?? otherwise
}

function cacheControlOf(connection: Connection): Anthropic.CacheControlEphemeral | undefined {
  const chosen = connection.fields.promptCaching
  if (chosen === 'off') return undefined
  return chosen === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' }
}

interface Marked {
  cache_control?: Anthropic.CacheControlEphemeral | null
}

function takesMark(block: Anthropic.ContentBlockParam) {
  return block.type !== 'thinking' && block.type !== 'redacted_thinking'
}

function mark(block: Marked | undefined, cacheControl: Anthropic.CacheControlEphemeral): void {
  if (block !== undefined) block.cache_control = cacheControl
}

/**
 * All four breakpoints that a request may have: the tools, the system prompt, and the last two turns of the
 * user, so that the next request finds this one's prefix.
 */
function markCaching(
  { system, messages }: Conversation,
  tools: Anthropic.Tool[],
  cacheControl: Anthropic.CacheControlEphemeral,
): void {
  mark(tools.at(-1), cacheControl)
  mark(system.at(-1), cacheControl)
  for (const message of messages.filter(({ role }) => role === 'user').slice(-2)) {
    mark(message.content.findLast(takesMark), cacheControl)
  }
}

/** Models that think must find their thinking before the tool calls that they are answered. */
function lostThinking({ messages }: Conversation): boolean {
  const last = messages.findLast(({ role }) => role === 'assistant')
  if (last === undefined || messages.at(-1)?.content[0]?.type !== 'tool_result') return false
  return !last.content.some(({ type }) => type === 'thinking' || type === 'redacted_thinking')
}

function maxTokensOf({ model, parameters }: ProviderChatRequest): number {
  const limit = model.maxOutputTokens ?? assumedMaxTokens
  const wanted = parameters?.maxOutputTokens
  if (wanted === undefined) return limit
  return model.maxOutputTokens === undefined ? wanted : Math.min(wanted, limit)
}

const samplingNames = ['temperature', 'topP', 'topK'] as const

/** For a connection's own words about members of the body. */
export const messageNames: WireNames = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  maxOutputTokens: 'max_tokens',
  stop: 'stop_sequences',
  reasoningEffort: 'thinking',
  responseFormat: 'output_config',
}

/**
 * What may be sent. API version 2026-10-21 answers 400 to each of the sampling knobs; the older
 * one does where a model thinks, or is given both temperature and top_p.
 */
export function messagesRules(version: ApiVersion): ParameterRules {
  const takesSampling = version === '2023-06-01'
  return {
    takes: [
      'maxOutputTokens',
      'stop',
      'reasoningEffort',
      'responseFormat',
      ...(takesSampling ? samplingNames : []),
    ],
    refuses: ({ parameters = {} }) => {
      const { reasoningEffort, responseFormat, temperature } = parameters
      const thinks = reasoningEffort !== undefined && reasoningEffort !== 'none'
      return [
        ...(thinks ? samplingNames : []),
        ...(temperature === undefined ? [] : (['topP'] as const)),
        // There is no JSON without a schema.
        ...(responseFormat?.type === 'json' ? (['responseFormat'] as const) : []),
      ]
    },
  }
}

function sampling({ temperature, topP, topK }: ChatParameters) {
  return compact({
    temperature: temperature === undefined ? undefined : Math.min(temperature, 1),
    top_p: topP,
    top_k: topK,
  })
}

function outputConfig(
  thinking: ThinkingParameters,
  format: Anthropic.JSONOutputFormat | undefined,
): Pick<MessageParams, 'output_config'> {
  const config = { ...thinking.output_config, ...(format === undefined ? {} : { format }) }
  return Object.keys(config).length === 0 ? {} : { output_config: config }
}

function thinkingOf(
  request: ProviderChatRequest,
  conversation: Conversation,
  support: ThinkingSupport | undefined,
): ThinkingParameters {
  const effort = request.parameters?.reasoningEffort
  if (effort === undefined || support === undefined) return {}
  const forced = request.toolMode === 'required' && (request.tools ?? []).length > 0
  const mayThink = !forced && !lostThinking(conversation)
  return thinkingParameters({ effort, support, maxTokens: maxTokensOf(request), mayThink })
}

export interface MessageOptions {
  readonly connection: Connection
  readonly names: ToolNames
  /** Undefined where no effort is given, or nothing is known. */
  readonly support: ThinkingSupport | undefined
  readonly format?: Anthropic.JSONOutputFormat | undefined
}

/** The body of `POST /v1/messages`. */
export function toMessageParams(
  request: ProviderChatRequest,
  { connection, names, support, format }: MessageOptions,
): MessageParams {
  const { model, messages, parameters = {} } = request
  const conversation = toConversation(messages, model, names)
  const tools = toTools(request.tools ?? [], names)
  const cacheControl = cacheControlOf(connection)
  if (cacheControl !== undefined) markCaching(conversation, tools, cacheControl)
  const thinking = thinkingOf(request, conversation, support)
  return {
    model: model.id,
    max_tokens: maxTokensOf(request),
    stream: true,
    messages: conversation.messages,
    ...(conversation.system.length > 0 ? { system: conversation.system } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(tools.length > 0 && request.toolMode === 'required' ? { tool_choice: { type: 'any' } } : {}),
    ...(parameters.stop === undefined ? {} : { stop_sequences: stopSequences(parameters.stop) }),
    ...thinking,
    ...outputConfig(thinking, format),
    ...sampling(parameters),
  }
}

/** One of white space alone is refused. */
function stopSequences(stop: readonly string[]): string[] {
  return stop.filter((text) => text.trim() !== '')
}
