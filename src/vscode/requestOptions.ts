import type { ProvideLanguageModelChatResponseOptions } from 'vscode'
import {
  type ChatParameters,
  type ChatRequest,
  type ReasoningEffort,
  type ResponseFormat,
  reasoningEfforts,
} from '../core/chat.js'
import { isRecord } from '../core/json.js'

/** The options that a caller may set. Others, VS Code's own private ones among them, are never sent to a provider. */

type Options = ProvideLanguageModelChatResponseOptions

function numberOption(options: Options, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value: unknown = options.modelOptions?.[name]
    if (typeof value === 'number' && Number.isFinite(value)) return value
  }
  return undefined
}

function stopOption(options: Options): readonly string[] | undefined {
  const value: unknown = options.modelOptions?.['stop']
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  return undefined
}

/** The caller's, else what the user has chosen beside the model, which the stable typings do not name. */
function effortOption(options: Options): ReasoningEffort | undefined {
  const { modelOptions = {} } = options
  const chosen: unknown = Reflect.get(options, 'modelConfiguration')
  const value: unknown =
    modelOptions['reasoningEffort'] ??
    modelOptions['reasoning_effort'] ??
    (isRecord(chosen) ? chosen['reasoningEffort'] : undefined)
  return reasoningEfforts.find((effort) => effort === value)
}

/** Ours, or as OpenAI's Chat Completions has it. */
function formatOption({ modelOptions = {} }: Options): ResponseFormat | undefined {
  const value: unknown = modelOptions['responseFormat'] ?? modelOptions['response_format']
  if (!isRecord(value)) return undefined
  if (value['type'] === 'text') return { type: 'text' }
  if (value['type'] === 'json' || value['type'] === 'json_object') return { type: 'json' }
  const given = value['type'] === 'json_schema' ? value['json_schema'] : value
  if (value['type'] !== 'jsonSchema' && value['type'] !== 'json_schema') return undefined
  if (!isRecord(given) || !isRecord(given['schema'])) return undefined
  const name = typeof given['name'] === 'string' ? given['name'] : 'answer'
  return { type: 'jsonSchema', name, schema: given['schema'] }
}

const numericParameters = {
  temperature: ['temperature'],
  topP: ['topP', 'top_p'],
  topK: ['topK', 'top_k'],
  maxOutputTokens: ['maxOutputTokens', 'max_tokens', 'max_output_tokens'],
  seed: ['seed'],
  frequencyPenalty: ['frequencyPenalty', 'frequency_penalty'],
  presencePenalty: ['presencePenalty', 'presence_penalty'],
  repeatPenalty: ['repeatPenalty', 'repeat_penalty', 'repetition_penalty'],
} as const

export function toParameters(options: Options): ChatParameters {
  const parameters: Record<string, number> = {}
  for (const [name, spellings] of Object.entries(numericParameters)) {
    const value = numberOption(options, ...spellings)
    if (value !== undefined) parameters[name] = value
  }
  const stop = stopOption(options)
  const reasoningEffort = effortOption(options)
  const responseFormat = formatOption(options)
  return {
    ...parameters,
    ...(stop === undefined ? {} : { stop }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
  }
}

/** How the request is to treat the response cache; as its policy has it where nothing is said. */
export function cacheOption({ modelOptions = {} }: Options): Pick<ChatRequest, 'cache'> {
  const value: unknown = modelOptions['cache']
  return value === 'bypass' || value === 'refresh' ? { cache: value } : {}
}

/** The extension that asks; the host passes it, though the stable typings do not name it. */
export function initiatorOf(options: Options): string | undefined {
  const initiator: unknown = Reflect.get(options, 'requestInitiator')
  return typeof initiator === 'string' ? initiator : undefined
}

export function conversationOf(options: Options): string | undefined {
  const conversation: unknown = options.modelOptions?.['_conversationId']
  return typeof conversation === 'string' ? conversation : undefined
}
