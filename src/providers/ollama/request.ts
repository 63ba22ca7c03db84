import type { ChatParameters, ReasoningEffort, ResponseFormat } from '../../core/chat.js'
import { compact } from '../../core/compact.js'
import { type JsonRecord } from '../../core/json.js'
import { parameterNames } from '../../core/parameters/merge.js'
import type { Connection, ProviderChatRequest } from '../../core/provider.js'
import { numberField } from '../shared/fields.js'
import type { ParameterRules } from '../shared/parameters.js'
import { toWireMessages, toWireTools, type WireMessage } from './messages.js'

type Think = boolean | 'low' | 'medium' | 'high' | 'max'

const thinkLevels: Readonly<Record<ReasoningEffort, Think>> = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  max: 'max',
}

/** Ollama has no tool choice; saying it is all that can be done. */
const requiredHint: WireMessage = {
  role: 'system',
  content: 'Answer by calling one of the tools, not with text.',
}

/** The context that the connection asks for, in tokens. */
export function contextSizeOf(connection: Connection): number | undefined {
  const size = numberField({ connection }, 'num_ctx')
  return size !== undefined && size > 0 ? Math.floor(size) : undefined
}

/** Seconds where the text is a number: Ollama refuses a text without a unit. */
export function keepAliveOf(connection: Connection): string | number | undefined {
  const value = connection.fields.keep_alive
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const seconds = Number(value)
  return Number.isNaN(seconds) ? value.trim() : seconds
}

function toOptions(parameters: ChatParameters, contextSize: number | undefined): JsonRecord {
  return compact({
    num_ctx: contextSize,
    temperature: parameters.temperature,
    top_p: parameters.topP,
    top_k: parameters.topK,
    num_predict: parameters.maxOutputTokens,
    stop: parameters.stop,
    seed: parameters.seed,
    frequency_penalty: parameters.frequencyPenalty,
    presence_penalty: parameters.presencePenalty,
    repeat_penalty: parameters.repeatPenalty,
  })
}

/** Everything has its place; a model known not to think refuses to be told how much to, which the gate sees to. */
export const nativeRules: ParameterRules = { takes: parameterNames }

function formatOf(format: ResponseFormat | undefined): string | JsonRecord | undefined {
  if (format?.type === 'jsonSchema') return format.schema
  return format?.type === 'json' ? 'json' : undefined
}

/**
 * The body of `POST /api/chat`. `truncate` and `shift` are off: a prompt that does not fit is an error with a
 * next step, where Ollama's own default cuts off its beginning without a word.
 */
export function toChatBody(
  request: ProviderChatRequest,
  connection: Connection,
  contextSize: number | undefined,
): JsonRecord {
  const { model, messages, tools = [], toolMode, parameters = {} } = request
  const wireMessages = toWireMessages(messages, model)
  if (toolMode === 'required' && tools.length > 0) wireMessages.push(requiredHint)
  return compact({
    model: model.id,
    messages: wireMessages,
    stream: true,
    truncate: false,
    shift: false,
    tools: tools.length === 0 ? undefined : toWireTools(tools),
    think: parameters.reasoningEffort === undefined ? undefined : thinkLevels[parameters.reasoningEffort],
    format: formatOf(parameters.responseFormat),
    keep_alive: keepAliveOf(connection),
    options: toOptions(parameters, contextSize),
  })
}
