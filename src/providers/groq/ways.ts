import { type JsonRecord } from '../../core/json.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { Connection, ProviderChatRequest } from '../../core/provider.js'
import type { RowWays } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'
import { textField } from '../shared/fields.js'
import { reasoningFormats } from './options.js'

const thinksInTags = /qwen|qwq|deepseek-r1/i
const thinksByEffort = /gpt-oss/i
const keepsToSchemas = /gpt-oss|kimi-k2|llama-4/i

/** Models that hide their thinking among the text unless they are asked; the others refuse the question. */
function reasoningMembers(
  { model, tools = [], parameters = {} }: ProviderChatRequest,
  connection: Connection,
): JsonRecord {
  const chosen =
    reasoningFormats.find((format) => format === textField({ connection }, 'reasoningFormat')) ?? 'parsed'
  if (thinksByEffort.test(model.id)) return chosen === 'hidden' ? { include_reasoning: false } : {}
  if (!thinksInTags.test(model.id)) return {}
  const wantsJson = parameters.responseFormat !== undefined && parameters.responseFormat.type !== 'text'
  const refusesRaw = tools.length > 0 || wantsJson
  return { reasoning_format: chosen === 'raw' && refusesRaw ? 'parsed' : chosen }
}

/** Qwen's thinking is on or off; the others that are told how much to think know three levels. */
function effortOf({ model, parameters }: ProviderChatRequest): string | undefined {
  const wanted = parameters?.reasoningEffort
  if (wanted === undefined) return undefined
  if (/qwen/i.test(model.id)) return wanted === 'none' ? 'none' : 'default'
  return nearestEffort(wanted, model, ['low', 'medium', 'high'])
}

function refusedParameters({ model, tools = [], parameters }: ProviderChatRequest): readonly ParameterName[] {
  const takesEffort =
    model.reasoningEfforts !== undefined || thinksByEffort.test(model.id) || /qwen/i.test(model.id)
  const isSchema = parameters?.responseFormat?.type === 'jsonSchema'
  const keeps = model.capabilities.structuredOutput ?? keepsToSchemas.test(model.id)
  // An answer is either held to JSON or made of calls.
  const refusesFormat = tools.length > 0 || (isSchema && !keeps)
  return [
    ...(takesEffort ? [] : (['reasoningEffort'] as const)),
    ...(refusesFormat ? (['responseFormat'] as const) : []),
  ]
}

export const ways: RowWays = {
  wire: { extra: reasoningMembers, effortOf, refuses: refusedParameters, maximumStops: 4 },
  refineModel: (model) => (/whisper|tts|guard|orpheus/i.test(model.id) ? undefined : model),
}
