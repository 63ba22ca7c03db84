import type { ChatParameters, Message } from '../../core/chat.js'
import { formatModelRef } from '../../core/model.js'
import { mergeParameters, type ParameterName, parameterNames } from '../../core/parameters/merge.js'
import type { Log } from '../../core/ports.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'

/** Which parameters may be sent. */
export interface ParameterRules {
  /** Those that the wire has a place for. */
  readonly takes: readonly ParameterName[]
  /** Those that would be refused of this model, or beside what else the request holds. */
  readonly refuses?: (request: ProviderChatRequest) => readonly ParameterName[]
  /** How many texts may end an answer. */
  readonly maximumStops?: number
}

/** The request with the parameters that may be sent; what is left out is logged, once for each model. */
export type ParameterGate = (
  request: ProviderChatRequest,
  context: ProviderContext,
  rules: ParameterRules,
) => ProviderChatRequest

export function createParameterGate(): ParameterGate {
  const told = new Set<string>()
  const tell = (log: Log, line: string): void => {
    if (told.has(line)) return
    told.add(line)
    log.info(line)
  }
  return (request, { log }, rules) => {
    const { parameters: given = {}, ...rest } = request
    const refused = refusedParameters(request, rules)
    const kept = without(refused, fit(request, rules))
    const model = formatModelRef(request.model)
    const left = refused.filter((name) => given[name] !== undefined)
    if (left.length > 0) tell(log, `${model} does not take ${left.join(', ')}: left out.`)
    const changed = parameterNames.filter(
      (name) => kept[name] !== undefined && !isSame(given[name], kept[name]),
    )
    if (changed.length > 0) tell(log, `${model} takes less than was asked of ${changed.join(', ')}: lowered.`)
    return {
      ...rest,
      ...(Object.keys(kept).length === 0 ? {} : { parameters: kept }),
      messages: withFormatInWords(request.messages, kept),
    }
  }
}

function without(names: readonly ParameterName[], parameters: ChatParameters): ChatParameters {
  return mergeParameters([Object.fromEntries(names.map((name) => [name, null])), parameters])
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function refusedParameters(request: ProviderChatRequest, rules: ParameterRules): readonly ParameterName[] {
  const { model, parameters = {} } = request
  const isSchema = parameters.responseFormat?.type === 'jsonSchema'
  const refused = new Set<string>([...(model.refusedParameters ?? []), ...(rules.refuses?.(request) ?? [])])
  if (model.capabilities.reasoning === false) refused.add('reasoningEffort')
  if (model.capabilities.structuredOutput === false && isSchema) refused.add('responseFormat')
  return parameterNames.filter((name) => !rules.takes.includes(name) || refused.has(name))
}

/** Values within the limits that are known, since going beyond them would fail the request. */
function fit({ model, parameters = {} }: ProviderChatRequest, rules: ParameterRules): ChatParameters {
  const { maxOutputTokens, stop, ...rest } = parameters
  const stops = stop?.filter((text) => text !== '').slice(0, rules.maximumStops)
  return {
    ...rest,
    ...(maxOutputTokens === undefined
      ? {}
      : { maxOutputTokens: Math.min(maxOutputTokens, model.maxOutputTokens ?? maxOutputTokens) }),
    ...(stops === undefined || stops.length === 0 ? {} : { stop: stops }),
  }
}

/** JSON that is asked for without the word is refused by some servers, and never ends with some models. */
function withFormatInWords(
  messages: readonly Message[],
  { responseFormat }: ChatParameters,
): readonly Message[] {
  if (responseFormat?.type !== 'json') return messages
  const isSaid = messages.some(({ content }) =>
    content.some((part) => part.type === 'text' && /json/i.test(part.text)),
  )
  if (isSaid) return messages
  return [...messages, { role: 'system', content: [{ type: 'text', text: 'Answer with one JSON object.' }] }]
}
