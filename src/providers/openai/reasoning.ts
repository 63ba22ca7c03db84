import type { ModelInfo } from '../../core/model.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { nearestEffort } from '../shared/effort.js'

/** Efforts by model, the first row that matches; OpenAI's list does not tell, and a wrong one is refused. */
const effortRows: readonly { readonly id: RegExp; readonly efforts: readonly string[] }[] = [
  { id: /^o\d/, efforts: ['low', 'medium', 'high'] },
  { id: /^gpt-5-pro/, efforts: ['high'] },
  { id: /^gpt-5-codex|^gpt-5\.1-codex(?!-max)/, efforts: ['low', 'medium', 'high'] },
  { id: /^gpt-5(?![.\d])/, efforts: ['minimal', 'low', 'medium', 'high'] },
  { id: /^gpt-5\.\d+-pro/, efforts: ['medium', 'high', 'xhigh'] },
  { id: /codex/, efforts: ['low', 'medium', 'high', 'xhigh'] },
  { id: /^gpt-5\.1/, efforts: ['none', 'low', 'medium', 'high'] },
  { id: /./, efforts: ['none', 'low', 'medium', 'high', 'xhigh'] },
]

const reasons = /^(ft:)?(o\d|gpt-[5-9]|codex)/
const answersAtOnce = /^(ft:)?gpt-[34]|chat/

/** Says what the catalogue knows, else what the family's name tells; a name that tells nothing is taken at its word. */
export function isReasoning({ model, parameters }: ProviderChatRequest): boolean {
  const { reasoning } = model.capabilities
  if (reasoning !== undefined) return reasoning
  if (answersAtOnce.test(model.id)) return false
  return reasons.test(model.id) || parameters?.reasoningEffort !== undefined
}

function assumedEfforts({ id }: ModelInfo): readonly string[] {
  const plain = id.replace(/^ft:/, '')
  return effortRows.find((row) => row.id.test(plain))?.efforts ?? []
}

/** The effort to ask for; undefined where the model's own default stands. */
export function effortOf({ model, parameters }: ProviderChatRequest): string | undefined {
  const wanted = parameters?.reasoningEffort
  return wanted === undefined ? undefined : nearestEffort(wanted, model, assumedEfforts(model))
}

const sampling: readonly ParameterName[] = [
  'temperature',
  'topP',
  'frequencyPenalty',
  'presencePenalty',
  'stop',
]

/** A model that reasons takes none of the sampling knobs, unless it is told not to reason. */
export function refusedByReasoning(request: ProviderChatRequest): readonly ParameterName[] {
  if (!isReasoning(request)) return ['reasoningEffort']
  return effortOf(request) === 'none' ? [] : sampling
}
