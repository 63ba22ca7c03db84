/** One model of one connection, written `connection/id`. */
export interface ModelRef {
  readonly connection: string
  readonly id: string
}

/** Where a fact about a model comes from, strongest first. */
export const factSources = ['user', 'provider', 'catalog', 'snapshot'] as const

export type FactSource = (typeof factSources)[number]

/** What a model can do. An absent value is unknown, never "no". */
export interface Capabilities {
  readonly toolCalling?: boolean
  readonly imageInput?: boolean
  readonly reasoning?: boolean
  readonly structuredOutput?: boolean
  readonly embedding?: boolean
  /** Scores documents by a query, and does nothing else. */
  readonly reranking?: boolean
  /** False for models whose answer comes whole. */
  readonly streaming?: boolean
  /** False for models that refuse a system message; their system text goes into the first user message. */
  readonly systemRole?: boolean
}

export const capabilityNames = [
  'toolCalling',
  'imageInput',
  'reasoning',
  'structuredOutput',
  'embedding',
  'reranking',
  'streaming',
  'systemRole',
] as const satisfies readonly (keyof Capabilities)[]

/** USD per million tokens. An absent price is unknown, never zero. */
export interface Prices {
  readonly input?: number
  readonly output?: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

/** Prices of the whole request once its input is longer; a price that is absent stays as it is. */
export interface PriceTier extends Prices {
  readonly aboveInputTokens: number
}

export interface Pricing extends Prices {
  /** By rising length of the input; the last one that applies holds. */
  readonly tiers?: readonly PriceTier[]
}

export const modalities = ['text', 'image', 'audio', 'video', 'pdf'] as const

export type Modality = (typeof modalities)[number]

interface Lifecycle {
  readonly status: 'active' | 'deprecated' | 'retired'
  /** ISO 8601 date. */
  readonly retiresAt?: string
}

/** Facts about a model as one source gives them; everything but the id may be missing. Token counts are in tokens. */
export interface ModelFacts {
  readonly name?: string
  readonly family?: string
  readonly version?: string
  /** Input and output together. */
  readonly contextWindow?: number
  readonly maxInputTokens?: number
  readonly maxOutputTokens?: number
  readonly capabilities?: Capabilities
  /** Everything that the model takes, and everything that it makes. */
  readonly inputModalities?: readonly Modality[]
  readonly outputModalities?: readonly Modality[]
  /** Levels of reasoning effort that the model takes, by their names on the wire, e.g. `low`. */
  readonly reasoningEfforts?: readonly string[]
  readonly pricing?: Pricing
  readonly lifecycle?: Lifecycle
  /** ISO 8601 date, or its year and month. */
  readonly releasedAt?: string
  readonly sizeBytes?: number
  readonly quantization?: string
  /** Free text of the provider, e.g. "7.6B". */
  readonly parameterSize?: string
  /** The format in which its conversations are written for it, by name, e.g. "ChatML". */
  readonly promptTemplate?: string
  /** Why its server could not load it last time, as a clause, e.g. "its process ended with exit code 1". */
  readonly loadFailure?: string
  /** Names of ChatParameters that the model does not take. */
  readonly refusedParameters?: readonly string[]
  /** True of a model that answers only where it was itself chosen: no route, fallback or proposal takes it. */
  readonly byNameOnly?: boolean
}

/** One entry of a provider's own model list. */
export interface ListedModel extends ModelFacts {
  readonly id: string
  /** True if its server passes requests for it on to a cloud. */
  readonly isPassedOn?: boolean
}

export type FactName =
  | 'name'
  | 'family'
  | 'version'
  | 'contextWindow'
  | 'maxInputTokens'
  | 'maxOutputTokens'
  | 'inputModalities'
  | 'outputModalities'
  | 'reasoningEfforts'
  | 'lifecycle'
  | 'releasedAt'
  | 'sizeBytes'
  | 'quantization'
  | 'parameterSize'
  | 'promptTemplate'
  | 'loadFailure'
  | 'refusedParameters'
  | 'byNameOnly'
  | keyof Capabilities
  | `pricing.${keyof Pricing}`

/** A model as the product shows it: every known fact, and where each comes from. */
export interface ModelInfo extends ModelFacts {
  readonly connection: string
  readonly id: string
  readonly provider: string
  readonly name: string
  /** What it is for, in one sentence; only routes have one. */
  readonly description?: string
  readonly family: string
  readonly version: string
  readonly location: 'cloud' | 'local'
  readonly capabilities: Capabilities
  readonly pricing: Pricing
  readonly sources: Readonly<Partial<Record<FactName, FactSource>>>
}

/**
 * Token counts of one attempt. `inputTokens` includes what was read from and written to a cache,
 * `outputTokens` includes reasoning: the other counts are subsets of them.
 */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadInputTokens: number
  readonly cacheWriteInputTokens: number
  /** Those of the written ones whose cache lasts an hour or more; none where absent. */
  readonly cacheWriteLongInputTokens?: number
  readonly reasoningOutputTokens: number
  readonly accuracy: 'exact' | 'estimated'
  /** Totals that the server has not counted, and the provider has only guessed; none where absent. */
  readonly guessed?: readonly ('inputTokens' | 'outputTokens')[]
  /** USD that the server says it has billed for the attempt; absent if it says nothing. */
  readonly billedUsd?: number
  /** The service tier that answered, by the server's name for it; absent for the one that prices are for. */
  readonly serviceTier?: string
}

/** False for models that only embed or rank. */
export function canChat({ capabilities }: Pick<ModelInfo, 'capabilities'>): boolean {
  return capabilities.embedding !== true && capabilities.reranking !== true
}

/** False for models that answer only where they were themselves chosen. */
export function mayBeProposed({ byNameOnly }: Pick<ModelInfo, 'byNameOnly'>): boolean {
  return byNameOnly !== true
}

/** `connection/id`; a name without a slash, which is a route's, has no id. */
export function formatModelRef(ref: ModelRef): string {
  return ref.id === '' ? ref.connection : `${ref.connection}/${ref.id}`
}

/** A connection id has no slash, a model id may have several. A name without a slash can only be a route's. */
export function parseModelRef(text: string): ModelRef | undefined {
  const slash = text.indexOf('/')
  if (slash === -1) return text === '' ? undefined : { connection: text, id: '' }
  if (slash === 0 || slash === text.length - 1) return undefined
  return { connection: text.slice(0, slash), id: text.slice(slash + 1) }
}
