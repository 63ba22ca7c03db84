import type { ChatParameters } from '../chat.js'
import type { ParameterSettings } from './merge.js'

/** A named set of parameters, which a connection or a model takes over by its name. */
export interface ParameterTemplate {
  /** As settings name it. */
  readonly name: string
  /** As lists show it. */
  readonly title: string
  readonly description: string
  readonly parameters: ChatParameters
}

/** The user's own, by name; one that is named like one of ours takes its place. */
export type ParameterTemplates = Readonly<Record<string, ParameterSettings>>

/** Where the user's own templates are kept. */
export interface ParameterTemplateStore {
  readonly get: () => ParameterTemplates
  /** Adds or replaces one; undefined takes it out. Throws ModelError `not-saved`. */
  save(name: string, parameters: ParameterSettings | undefined): Promise<void>
}

export const parameterTemplates: readonly ParameterTemplate[] = [
  {
    name: 'precise',
    title: 'Precise',
    description: 'As much the same answer each time as the model can: extraction, classification.',
    parameters: { temperature: 0, topP: 1, seed: 7 },
  },
  {
    name: 'balanced',
    title: 'Balanced',
    description: 'For questions of every kind.',
    parameters: { temperature: 0.7, topP: 0.95 },
  },
  {
    name: 'creative',
    title: 'Creative',
    description: 'More daring words, and fewer that return: drafts, names, ideas.',
    parameters: { temperature: 1, topP: 0.98, presencePenalty: 0.4, frequencyPenalty: 0.2 },
  },
  {
    name: 'coding',
    title: 'Coding',
    description: 'Careful with syntax and names, and thinks before it writes.',
    parameters: { temperature: 0.2, topP: 0.9, reasoningEffort: 'medium' },
  },
  {
    name: 'longContext',
    title: 'Long Context',
    description: 'Keeps close to a long text, and leaves room for a long answer.',
    parameters: { temperature: 0.3, topP: 0.9, maxOutputTokens: 16_384 },
  },
]

/** Undefined where neither the user nor Roundhouse has a template of that name. */
export function findTemplate(name: string, own: ParameterTemplates): ParameterSettings | undefined {
  if (Object.hasOwn(own, name)) return own[name]
  return parameterTemplates.find((template) => template.name === name)?.parameters
}
