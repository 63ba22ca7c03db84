import type { ResponseFormat } from '../../core/chat.js'
import { type ParameterName, type ParameterSettings, parameterNames } from '../../core/parameters/merge.js'
import { parameterTemplates } from '../../core/parameters/templates.js'
import { formatCount } from '../modelInformation.js'

type Words = { readonly [Name in ParameterName]: (value: NonNullable<ParameterSettings[Name]>) => string }

function formatWords(format: ResponseFormat): string {
  if (format.type === 'text') return 'answers in text'
  return format.type === 'json' ? 'answers in JSON' : `answers in JSON (${format.name})`
}

const words: Words = {
  temperature: (value) => `temperature ${value}`,
  topP: (value) => `top P ${value}`,
  topK: (value) => `top K ${value}`,
  maxOutputTokens: (value) => `up to ${formatCount(value)} tokens`,
  stop: (value) => `stops at ${value.map((text) => JSON.stringify(text)).join(', ')}`,
  seed: (value) => `seed ${value}`,
  frequencyPenalty: (value) => `frequency penalty ${value}`,
  presencePenalty: (value) => `presence penalty ${value}`,
  repeatPenalty: (value) => `repeat penalty ${value}`,
  reasoningEffort: (value) => `reasoning effort ${value}`,
  responseFormat: formatWords,
}

/** A parameter that is refused is left to the model. */
const refusedNames: Readonly<Record<ParameterName, string>> = {
  temperature: 'temperature',
  topP: 'top P',
  topK: 'top K',
  maxOutputTokens: 'length',
  stop: 'stops',
  seed: 'seed',
  frequencyPenalty: 'frequency penalty',
  presencePenalty: 'presence penalty',
  repeatPenalty: 'repeat penalty',
  reasoningEffort: 'reasoning effort',
  responseFormat: 'format',
}

function describeOne<Name extends ParameterName>(
  name: Name,
  value: ParameterSettings[Name],
): string | undefined {
  if (value === undefined) return undefined
  return value === null ? `${refusedNames[name]} as the model likes` : words[name](value)
}

/** `temperature 0.2, top P 0.9`; empty where nothing is set. */
export function describeParameters(parameters: ParameterSettings): string {
  return parameterNames.flatMap((name) => describeOne(name, parameters[name]) ?? []).join(', ')
}

/** As lists show it: the title of ours, the name of the user's own. */
export function templateTitle(name: string): string {
  return parameterTemplates.find((template) => template.name === name)?.title ?? name
}
