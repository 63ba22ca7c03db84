import type { ChatParameters, ChatRequest, Middleware } from '../chat.js'
import type { ModelRef, Usage } from '../model.js'
import type { Clock, Disposable, Log } from '../ports.js'
import type { EmbedRequest, EmbedResult } from '../provider.js'
import type { GuardedStore } from './guardedStore.js'
import type { Sha256 } from './key.js'
import type { CachePolicy } from './policy.js'
import type { CacheStatistics, StatisticsCounter } from './statistics.js'
import type { CacheFilter, CacheStore } from './store.js'

export interface CacheableEmbedRequest extends EmbedRequest, Pick<ChatRequest, 'cache' | 'caller'> {}

export type Embed = (request: CacheableEmbedRequest, signal: AbortSignal) => Promise<EmbedResult>

export interface CachedEmbedResult extends EmbedResult {
  /** How many of the inputs were not asked for now. */
  readonly cachedInputs: number
}

export type CachedEmbed = (request: CacheableEmbedRequest, signal: AbortSignal) => Promise<CachedEmbedResult>

/** What a model, or a route, makes of a request besides the request itself. */
export interface CacheConfiguration {
  /** Stands for whatever changes an answer: provider, address, fields, parameters, a route's rules. */
  readonly fingerprint: string
  /** What holds where a request says nothing. */
  readonly parameters?: ChatParameters
}

/** An answer that cost nothing. */
export interface CacheHit {
  readonly request: ChatRequest
  /** The model that once gave the answer. */
  readonly model: ModelRef
  /** `store`: kept earlier. `flight`: of an identical request that was under way. */
  readonly source: 'store' | 'flight'
  /** Of the answer when it was first given; nothing of it was used now. */
  readonly usage: Usage | undefined
  /** Milliseconds since the epoch at its beginning. */
  readonly at: number
  /** Milliseconds to the end of the answer. */
  readonly latencyMs: number
  /** Milliseconds to its first part; absent where its reader left before. */
  readonly firstPartMs?: number
  /** Milliseconds. */
  readonly savedMs: number
  /** At today's price; absent where that is unknown. */
  readonly savedUsd?: number
}

export interface CacheOptions {
  /** Called when the store is first needed, and again later where it failed. */
  readonly openStore: () => Promise<CacheStore>
  readonly policy: () => CachePolicy
  readonly sha256: Sha256
  /** Undefined where the model is unknown: nothing is kept then. */
  readonly configuration: (model: ModelRef) => CacheConfiguration | undefined
  /** USD of an answer; undefined where the price is unknown. */
  readonly price?: (model: ModelRef, usage: Usage) => number | undefined
  /** Told of every answer out of the cache, e.g. for the ledger. */
  readonly onHit?: (hit: CacheHit) => void
  /** Told of every request, once, that a model is asked for because no answer to it is there. Must not throw. */
  readonly onMiss?: () => void
  readonly clock: Clock
  readonly log: Log
}

export interface Cache extends Disposable {
  /** Outside of the router: a hit is neither routed nor counted against a budget. */
  readonly middleware: Middleware
  wrapEmbed(embed: Embed): CachedEmbed
  /** Rejects where the store cannot be read. */
  statistics(): Promise<CacheStatistics>
  /** How many entries it has deleted. Rejects where the store cannot be written. */
  clear(filter: CacheFilter): Promise<number>
}

/** What the caches of answers and of embeddings share. */
export interface CacheParts {
  readonly options: CacheOptions
  readonly store: GuardedStore
  readonly statistics: StatisticsCounter
}
