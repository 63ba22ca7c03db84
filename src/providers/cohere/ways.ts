import { compact } from '../../core/compact.js'
import { type JsonRecord } from '../../core/json.js'
import type { ListedModel } from '../../core/model.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { type RowWays, standardWire } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'
import { arrayAt, booleanAt } from '../shared/json.js'
import { addressOf } from './address.js'

/** It thinks or it does not. */
const efforts = ['none', 'high']

/** JSON by a schema is asked for in Cohere's own form, not in OpenAI's. */
function formatMembers({ parameters }: ProviderChatRequest): JsonRecord {
  const format = parameters?.responseFormat
  return format?.type === 'jsonSchema'
    ? { response_format: { type: 'json_object', schema: format.schema } }
    : {}
}

function refusedParameters({ tools = [], parameters = {} }: ProviderChatRequest): readonly ParameterName[] {
  // An answer is either held to JSON or made of calls, and a model takes one of the two penalties.
  return [
    ...(tools.length > 0 ? (['responseFormat'] as const) : []),
    ...(parameters.frequencyPenalty === undefined ? [] : (['presencePenalty'] as const)),
  ]
}

function refineModel(model: ListedModel, entry: unknown): ListedModel | undefined {
  const endpoints = arrayAt(entry, 'endpoints')
  const does = (name: string): boolean => endpoints.includes(name)
  const chats = endpoints.length === 0 || does('chat')
  if (!chats && !does('embed') && !does('rerank')) return undefined
  const capabilities = chats
    ? chatCapabilities(entry)
    : does('embed')
      ? { embedding: true }
      : { reranking: true }
  return {
    ...model,
    capabilities: { ...model.capabilities, ...capabilities },
    ...(booleanAt(entry, 'is_deprecated') === true ? { lifecycle: { status: 'deprecated' } } : {}),
  }
}

/** A list of features that is absent says nothing; one that is there says what a model cannot do, too. */
function chatCapabilities(entry: unknown): NonNullable<ListedModel['capabilities']> {
  const features = arrayAt(entry, 'features')
  const has = (name: string): boolean | undefined =>
    features.length === 0 ? undefined : features.includes(name)
  return compact({
    toolCalling: has('tools'),
    imageInput: booleanAt(entry, 'supports_vision') ?? has('vision'),
    reasoning: has('reasoning'),
    structuredOutput: has('json_schema'),
  })
}

export const ways: RowWays = {
  wire: {
    urlOf: (path, { baseUrl }) => addressOf(path, baseUrl),
    efforts,
    effortOf: ({ model, parameters }) =>
      parameters?.reasoningEffort === undefined
        ? undefined
        : nearestEffort(parameters.reasoningEffort, model, efforts),
    parameters: standardWire.parameters,
    extra: formatMembers,
    refuses: refusedParameters,
    maximumStops: 5,
  },
  errorRules: [
    // A text or an answer with a token that is on a list of forbidden ones.
    { status: [498], code: 'content-filtered' },
    { status: [429], message: /trial key.*month|monthly/i, code: 'quota-exhausted' },
    { status: [400], message: /max tokens must be/i, code: 'invalid-request' },
  ],
  refineModel,
}
