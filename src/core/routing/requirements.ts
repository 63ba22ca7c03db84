import type { Operation } from '../chat.js'
import type { Capabilities } from '../model.js'
import type { Feature } from './features.js'

export const modelCategories = ['lightweight', 'versatile', 'powerful'] as const

/** How much a model is made for, from the quick and cheap to the most able. */
export type ModelCategory = (typeof modelCategories)[number]

/** What a model must meet to be chosen. What is absent or undefined asks for nothing. */
export interface Requirements {
  /** Must be known to be there: a capability that nobody states does not count. */
  readonly capabilities?: readonly (keyof Capabilities)[] | undefined
  /** As `capabilities`, for what a model takes or makes beyond them. */
  readonly features?: readonly Feature[] | undefined
  /** Tokens of input that the model must take. */
  readonly minContextTokens?: number | undefined
  /** Milliseconds to the first part, by the measured p95; a model that nobody has measured passes. */
  readonly maxLatencyMs?: number | undefined
  /** As `maxLatencyMs`, by the measured median. */
  readonly maxMedianLatencyMs?: number | undefined
  /** USD per 1,000 tokens, for input and for output. An unknown price does not pass, unless the model is local. */
  readonly maxPricePer1kTokens?: number | undefined
  /** USD for the whole request as estimated. An unknown price does not pass, unless the model is local. */
  readonly maxCost?: number | undefined
  /** `local`: nothing may leave for a cloud. */
  readonly privacy?: 'local' | undefined
  readonly category?: ModelCategory | undefined
}

/** What somebody wants of a model who demands these. */
export function operationFor({ capabilities = [] }: Requirements): Operation {
  if (capabilities.includes('embedding')) return 'embeddings'
  return capabilities.includes('reranking') ? 'reranking' : 'chat'
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function union<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined {
  return a === undefined || b === undefined ? (a ?? b) : [...new Set([...a, ...b])]
}

/** Both hold: the stricter of each. Of two categories the second one counts. */
export function mergeRequirements(a: Requirements, b: Requirements): Requirements {
  return {
    capabilities: union(a.capabilities, b.capabilities),
    features: union(a.features, b.features),
    minContextTokens: most(a.minContextTokens, b.minContextTokens),
    maxLatencyMs: least(a.maxLatencyMs, b.maxLatencyMs),
    maxMedianLatencyMs: least(a.maxMedianLatencyMs, b.maxMedianLatencyMs),
    maxPricePer1kTokens: least(a.maxPricePer1kTokens, b.maxPricePer1kTokens),
    maxCost: least(a.maxCost, b.maxCost),
    privacy: a.privacy ?? b.privacy,
    category: b.category ?? a.category,
  }
}
