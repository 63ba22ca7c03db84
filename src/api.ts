/**
 * What Roundhouse exports to other extensions: `vscode.extensions.getExtension('roundhouse.roundhouse')`, and of that
 * `await extension.activate()`. This file imports nothing, so that it can be copied. Models answer chats by VS Code's own
 * Language Model API, under the ids that stand here.
 */
export interface RoundhouseExports {
  /**
   * `extension` is your own id, `context.extension.id`: the user sees what you have used under it, and may limit it.
   * Rejects where there is no such version, or no such extension.
   */
  readonly getApi: (version: 1, extension: string) => Promise<RoundhouseApi>
}

/** Every method rejects with a `RoundhouseError`. */
export interface RoundhouseApi {
  readonly version: 1
  /** Every model that the user's connections offer. */
  readonly models: () => Promise<readonly ApiModel[]>
  /** Called when `models()` would answer something else. */
  readonly onDidChangeModels: (listener: () => void) => { dispose(): void }
  /** Which models meet the requirements, the best first, and why the others do not. Sends nothing anywhere. */
  readonly select: (requirements?: ApiSelection) => Promise<SelectedModels>
  /** Vectors of texts. Texts that were embedded before come out of the user's cache. */
  readonly embed: (request: ApiEmbedRequest, signal?: AbortSignal) => Promise<ApiEmbeddings>
  /** How well documents answer a query. */
  readonly rerank: (request: ApiRerankRequest, signal?: AbortSignal) => Promise<ApiRanking>
}

/** What is absent is unknown, never “no” and never zero. */
export interface ApiModel {
  /** `connection/name`: for `vscode.lm.selectChatModels({ vendor: 'roundhouse', id })`, and for every method here. */
  readonly id: string
  readonly name: string
  readonly connection: string
  readonly provider: string
  readonly family: string
  readonly version: string
  /** `local`: on this machine or on a host of the user's own. */
  readonly location: 'cloud' | 'local'
  /** Tokens, input and output together. */
  readonly contextWindow?: number
  readonly maxInputTokens?: number
  readonly maxOutputTokens?: number
  readonly capabilities: Readonly<Partial<Record<ApiCapability, boolean>>>
  /** USD per million tokens. */
  readonly pricing: Readonly<Partial<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite', number>>>
}

export type ApiCapability =
  | 'toolCalling'
  | 'imageInput'
  | 'reasoning'
  | 'structuredOutput'
  | 'embedding'
  | 'reranking'
  | 'streaming'
  | 'systemRole'

export type ApiFeature =
  | 'pdfInput'
  | 'audioInput'
  | 'videoInput'
  | 'imageOutput'
  | 'audioOutput'
  | 'promptCache'
  | 'temperature'
  | 'seed'
  | 'stop'

export type ApiWeightName = 'quality' | 'cost' | 'latency' | 'privacy' | 'reliability'

export type ApiWeights =
  | 'balanced'
  | 'thrifty'
  | 'quality'
  | 'cost'
  | 'speed'
  | 'privacy'
  | Readonly<Record<ApiWeightName, number>>

/** What is absent asks for nothing. */
export interface ApiRequirements {
  /** Must be known to be there. Of models for chat, unless `embedding` or `reranking` is among them. */
  readonly capabilities?: readonly ApiCapability[]
  readonly features?: readonly ApiFeature[]
  /** Tokens of input that the model must take. */
  readonly minContextTokens?: number
  /** Milliseconds to the first part, by the measured p95; a model that nobody has measured passes. */
  readonly maxLatencyMs?: number
  /** As `maxLatencyMs`, by the measured median. */
  readonly maxMedianLatencyMs?: number
  /** USD per 1,000 tokens, for input and for output. An unknown price does not pass, unless the model is local. */
  readonly maxPricePer1kTokens?: number
  /** USD for the whole request as estimated. */
  readonly maxCost?: number
  readonly privacy?: 'local'
  readonly category?: 'lightweight' | 'versatile' | 'powerful'
  /** What counts among those that meet all of it; `balanced` where absent. */
  readonly weights?: ApiWeights
}

export interface ApiSelection extends ApiRequirements {
  /** Tokens of input to reckon the cost with; a chat's must fit into the context, too. */
  readonly inputTokens?: number
}

export interface SelectedModels {
  /** May be asked now, the best first. */
  readonly ranked: readonly {
    readonly model: ApiModel
    /** From 0 to 1. */
    readonly score: number
    readonly reasons: readonly string[]
  }[]
  readonly excluded: readonly {
    readonly model: ApiModel
    /** Such as `capability-unknown`, `price-too-high` or `budget-exhausted`. */
    readonly code: string
    readonly reason: string
    /** Milliseconds since the epoch at which it goes away by itself. */
    readonly until?: number
  }[]
}

export interface ApiEmbedRequest {
  /** Any number, none of them empty. */
  readonly texts: readonly string[]
  /**
   * The best one that meets the requirements where absent. Vectors of two models cannot be compared: name the one that
   * an answer has told you from then on.
   */
  readonly model?: string
  readonly requirements?: ApiRequirements
  /** Length of each vector, where the model can choose. */
  readonly dimensions?: number
  /** `bypass`: neither read from the cache nor kept in it; `refresh`: asked again and kept. */
  readonly cache?: 'bypass' | 'refresh'
}

export interface ApiEmbeddings {
  readonly model: string
  /** One for each text, in their order. */
  readonly embeddings: readonly (readonly number[])[]
  /** How many of the texts came out of the cache. */
  readonly cachedTexts: number
  /** Of the others. */
  readonly usage: ApiUsage
}

export interface ApiRerankRequest {
  readonly query: string
  /** Any number, none of them empty. */
  readonly documents: readonly string[]
  /** The best one that meets the requirements where absent. */
  readonly model?: string
  readonly requirements?: ApiRequirements
}

export interface ApiRanking {
  readonly model: string
  /** From 0 to 1, one for each document, in their order. */
  readonly scores: readonly number[]
  readonly usage: ApiUsage
}

export interface ApiUsage {
  readonly inputTokens: number
  readonly accuracy: 'exact' | 'estimated'
}

export interface RoundhouseError extends Error {
  /**
   * `invalid-request`, `not-found`, `capability-unsupported`, `forbidden`, `unauthorized`, `rate-limited`,
   * `budget-exceeded`, `cancelled`, or one of the others in docs/api.md.
   */
  readonly code: string
  /** Whether the same request may do better later. */
  readonly retryable: boolean
  /** Milliseconds to wait before, where that is known. */
  readonly retryAfterMs: number | undefined
}
