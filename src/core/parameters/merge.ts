import type { ChatParameters } from '../chat.js'

export type ParameterName = keyof ChatParameters

/** As a user writes them: `null` leaves a parameter to the model, whatever a weaker layer says. */
export type ParameterSettings = {
  readonly [Name in keyof ChatParameters]: ChatParameters[Name] | null
}

export const parameterNames = [
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stop',
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'repeatPenalty',
  'reasoningEffort',
  'responseFormat',
] as const satisfies readonly ParameterName[]

/** For each parameter the value of the first layer that names it. */
export function mergeParameters(strongestFirst: readonly (ParameterSettings | undefined)[]): ChatParameters {
  const merged: Mutable<ChatParameters> = {}
  for (const name of parameterNames) {
    for (const layer of strongestFirst) {
      const value = layer?.[name]
      if (value === undefined) continue
      set(merged, name, value)
      break
    }
  }
  return merged
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

function set<Name extends ParameterName>(
  merged: Mutable<ChatParameters>,
  name: Name,
  value: ParameterSettings[Name],
): void {
  if (value !== null) merged[name] = value
}
