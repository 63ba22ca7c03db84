import type { Capabilities, Modality, ModelInfo } from '../model.js'

/** What a model takes or makes beyond its capabilities. */
export const features = [
  'pdfInput',
  'audioInput',
  'videoInput',
  'imageOutput',
  'audioOutput',
  'promptCache',
  'temperature',
  'seed',
  'stop',
] as const

export type Feature = (typeof features)[number]

/** Undefined where nobody states it. */
type Reading = (model: ModelInfo) => boolean | undefined

const takes =
  (modality: Modality): Reading =>
  (model) =>
    model.inputModalities?.includes(modality)

const makes =
  (modality: Modality): Reading =>
  (model) =>
    model.outputModalities?.includes(modality)

const accepts =
  (parameter: string): Reading =>
  (model) =>
    model.refusedParameters === undefined ? undefined : !model.refusedParameters.includes(parameter)

const can =
  (capability: keyof Capabilities): Reading =>
  (model) =>
    model.capabilities[capability]

const readings: Readonly<Record<keyof Capabilities | Feature, Reading>> = {
  toolCalling: can('toolCalling'),
  imageInput: (model) => model.capabilities.imageInput ?? takes('image')(model),
  reasoning: can('reasoning'),
  structuredOutput: can('structuredOutput'),
  embedding: can('embedding'),
  reranking: can('reranking'),
  streaming: can('streaming'),
  systemRole: can('systemRole'),
  pdfInput: takes('pdf'),
  audioInput: takes('audio'),
  videoInput: takes('video'),
  imageOutput: makes('image'),
  audioOutput: makes('audio'),
  promptCache: (model) => (model.pricing.cacheRead === undefined ? undefined : true),
  temperature: accepts('temperature'),
  seed: accepts('seed'),
  stop: accepts('stop'),
}

type Ability = keyof typeof readings

const abilities = Object.entries(readings).map(([name, read], index) => ({ name, read, bit: 1 << index }))

/** One bit for each ability that is named. */
export function abilityMask(names: readonly Ability[]): number {
  const wanted = new Set<string>(names)
  return abilities.reduce((mask, { name, bit }) => (wanted.has(name) ? mask | bit : mask), 0)
}

/** The names of a mask's abilities. */
export function abilitiesOf(mask: number): readonly string[] {
  return abilities.filter(({ bit }) => (mask & bit) !== 0).map(({ name }) => name)
}

/** What a model is known to have, and what it is known to lack; the rest is unknown. */
export function readAbilities(model: ModelInfo): { readonly has: number; readonly lacks: number } {
  let has = 0
  let lacks = 0
  for (const { read, bit } of abilities) {
    const value = read(model)
    if (value === true) has |= bit
    else if (value === false) lacks |= bit
  }
  return { has, lacks }
}
