import type { ChatParameters } from '../../core/chat.js'
import { isRecord } from '../../core/json.js'
import type { ModelInfo } from '../../core/model.js'
import type { EngineSampling } from '../../core/ports.js'
import type { ProviderContext } from '../../core/provider.js'
import { resolveDeep } from '../shared/variables.js'

/** What the members of a model's `extraBody` set of one request; they are called as llama.cpp's own server calls them. */
interface ExtraBody {
  readonly parameters: ChatParameters
  readonly sampling: EngineSampling
  /** Members that the engine has no place for, or whose values it cannot take. */
  readonly unknown: readonly string[]
}

type Member =
  | { readonly parameter: Exclude<keyof ChatParameters, 'responseFormat' | 'reasoningEffort' | 'stop'> }
  | { readonly sampling: keyof EngineSampling }

const numbers: Readonly<Record<string, Member>> = {
  temperature: { parameter: 'temperature' },
  top_p: { parameter: 'topP' },
  top_k: { parameter: 'topK' },
  max_tokens: { parameter: 'maxOutputTokens' },
  n_predict: { parameter: 'maxOutputTokens' },
  seed: { parameter: 'seed' },
  frequency_penalty: { parameter: 'frequencyPenalty' },
  presence_penalty: { parameter: 'presencePenalty' },
  repeat_penalty: { parameter: 'repeatPenalty' },
  min_p: { sampling: 'minP' },
  repeat_last_n: { sampling: 'repeatLastTokens' },
}

function readStop(value: unknown): readonly string[] | undefined {
  const texts = Array.isArray(value) ? value : [value]
  return texts.every((text) => typeof text === 'string') ? texts : undefined
}

/** Throws ModelError where a variable is not set. */
export function readExtraBody({ id }: ModelInfo, context: ProviderContext): ExtraBody {
  const { models } = context.connection
  const own = Object.hasOwn(models, id) ? models[id]?.extraBody : undefined
  const body = own === undefined ? {} : resolveDeep(own, 'the extra body', context)
  const parameters: Record<string, unknown> = {}
  const sampling: { -readonly [Name in keyof EngineSampling]: EngineSampling[Name] } = {}
  const unknown: string[] = []
  for (const [name, value] of Object.entries(isRecord(body) ? body : {})) {
    const member = Object.hasOwn(numbers, name) ? numbers[name] : undefined
    const stop = name === 'stop' ? readStop(value) : undefined
    if (stop !== undefined) parameters['stop'] = stop
    else if (member === undefined || typeof value !== 'number') unknown.push(name)
    else if ('parameter' in member) parameters[member.parameter] = value
    else sampling[member.sampling] = value
  }
  return { parameters, sampling, unknown }
}
