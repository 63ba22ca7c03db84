import type { CacheRules } from './cache/policy.js'
import type { ChatParameters, Message, ResponsePart, Tool, ToolMode } from './chat.js'
import { withoutCredentials } from './credentials/origin.js'
import type { ListedModel, ModelFacts, ModelInfo, Usage } from './model.js'
import type { ParameterSettings } from './parameters/merge.js'
import type { Clock, EmbeddedEngine, Environment, Fetch, LocalExchange, Log, Notices } from './ports.js'
import type { RateLimits } from './rateLimits.js'

/** A `record` holds texts alone, `json` an object of anything that JSON can say. */
export type FieldType =
  | 'text'
  | 'url'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'files'
  | 'list'
  | 'record'
  | 'json'

/** One value that a connection of a provider has. Forms, quick inputs, settings schema and validation come from these. */
export interface ConnectionField {
  readonly id: string
  readonly label: string
  readonly type: FieldType
  readonly description: string
  readonly required?: boolean
  readonly placeholder?: string
  /** For `choice`. */
  readonly options?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  /** Asked when a connection is added; other fields are for editing. */
  readonly asked?: boolean
}

/** How a provider's key is obtained. */
export interface KeyField {
  readonly required: boolean
  /** Where a user makes a key. */
  readonly url?: string
  /** Read-only fallbacks, the first that is set; used only for the provider's own default origin. */
  readonly environmentVariables?: readonly string[]
}

/** Anything that JSON can say, under names. */
export type JsonObject = Readonly<Record<string, unknown>>

export type FieldValue = string | number | boolean | readonly string[] | JsonObject

/** What the user says about one model: facts, and what its requests carry. */
interface ModelSettings extends ModelFacts {
  readonly parameters?: ParameterSettings
  /** The name of a parameter template; `null`: none, whatever the connection's is. */
  readonly template?: string | null
  /** Merged into the body of every request to the model. */
  readonly extraBody?: JsonObject
}

/** What a connection may be asked, by all windows together. */
interface ConnectionLimits {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly requestsAtOnce?: number
}

/** One configured use of a provider: an entry of the setting `roundhouse.connections`. */
export interface Connection {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly enabled: boolean
  /** Resolved: the connection's own, else the environment's, else the provider's default. Absent for embedded. */
  readonly baseUrl?: string
  /**
   * Where its models run, in the user's words: a server of the user's own may be a proxy to a cloud. Absent where the user
   * says nothing. See `locationOfConnection`.
   */
  readonly location?: Provider['location']
  /** Name of the maker whose cloud its address is, whatever its provider; found when the connection is read. */
  readonly maker?: string
  /** Values of the provider's own fields. */
  readonly fields: Readonly<Record<string, FieldValue>>
  /** Model id patterns with `*`; nothing given means all. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Stronger than the settings of the response cache. */
  readonly cache?: Partial<CacheRules>
  readonly limits?: ConnectionLimits
  /** Weaker than a model's and a request's. */
  readonly parameters?: ParameterSettings
  /** The name of a parameter template, weaker than all parameters. */
  readonly template?: string
  /** The user's own, by model id; their facts are stronger than all others. */
  readonly models: Readonly<Record<string, ModelSettings>>
}

/** Who made an answer, in the server's own words. */
export interface Served {
  readonly model: string
  /** Of a gateway: whom it has asked. */
  readonly provider?: string
}

export interface ProviderContext {
  readonly connection: Connection
  /** Resolved just before the call; undefined where the provider needs none. */
  readonly key: string | undefined
  /** The platform's raw fetch; providers go through `shared/transport` only. */
  readonly fetch: Fetch
  /** For plain HTTP to this machine or its network: as patient as its caller. `fetch` serves where absent. */
  readonly localFetch?: LocalExchange
  readonly engine: EmbeddedEngine
  /** Nothing may leave for a cloud now. Asked before each request. */
  readonly isLocalOnly: () => boolean
  readonly clock: Clock
  readonly log: Log
  readonly notices: Notices
  /** For `${env:NAME}` in what the user has written; nothing else may read it. */
  readonly environment: Environment
  readonly signal: AbortSignal
  /** Told what each answer says about the limits that hold for the key; answers that say nothing are not told. */
  readonly onRateLimits?: (limits: RateLimits) => void
  /** Told once of each answer that names its model. */
  readonly onServed?: (served: Served) => void
}

/** What a provider is given besides the connection, its key and the signal. */
export type ProviderPorts = Omit<
  ProviderContext,
  'connection' | 'key' | 'signal' | 'onRateLimits' | 'onServed'
>

export interface ProviderChatRequest {
  readonly model: ModelInfo
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  readonly toolMode?: ToolMode
  readonly parameters?: ChatParameters
  /** An opaque id: requests of one conversation begin alike, which prompt caches make use of. */
  readonly conversation?: string
}

interface LoadedCountRequest {
  readonly modelId: string
  readonly texts: readonly string[]
}

export interface EmbedRequest {
  readonly model: ModelInfo
  /** Any number, none of them empty; a provider asks in as many requests as its limits want. */
  readonly inputs: readonly string[]
  /** Length of each embedding, where the model can choose. */
  readonly dimensions?: number
}

export interface EmbedResult {
  /** One for each input, in their order. */
  readonly embeddings: readonly (readonly number[])[]
  /** Of all requests together. */
  readonly usage: Usage
}

export interface RerankRequest {
  readonly model: ModelInfo
  readonly query: string
  readonly documents: readonly string[]
}

export interface RerankResult {
  /** How well each document answers the query, from 0 to 1, in the order of the documents. */
  readonly scores: readonly number[]
  readonly usage: Usage
}

/** What a maker says it keeps of what is sent to it. */
export interface DataRetention {
  /** One sentence or two. */
  readonly note: string
  /** Where the maker says so. */
  readonly url: string
}

export interface Provider {
  readonly id: string
  readonly name: string
  readonly location: 'cloud' | 'local'
  /** Absent where the user must give one, or where there is no server. */
  readonly baseUrl?: string
  /** Of a cloud whose customers have a host each: the domains below which those are. */
  readonly customerHosts?: readonly string[]
  /** Of a provider whose servers are local: the domains of its maker's own cloud. */
  readonly cloudDomains?: readonly string[]
  /** Where else a server stands by default, which is tried where none answers at `baseUrl`. */
  readonly otherBaseUrls?: readonly string[]
  /** Of these addresses, the one at which a server was found last. */
  heldBaseUrl?(): string | undefined
  /** A variable that overrides the default base URL, e.g. OLLAMA_HOST. */
  readonly baseUrlVariable?: string
  readonly key?: KeyField
  readonly fields: readonly ConnectionField[]
  /** One line for the pick list. */
  readonly description: string
  /** Absent where nothing leaves for a maker, or where the user alone knows whose server it is. */
  readonly dataRetention?: DataRetention
  /**
   * Whether a chat over the connection may be written to a prompt cache that lasts an hour, which costs more than a short
   * one. Absent where that is never so.
   */
  mayCacheForAnHour?(connection: Connection, modelId: string): boolean
  listModels(context: ProviderContext): Promise<readonly ListedModel[]>
  /** Ends with `usage` and `finish`, or throws ModelError; `incomplete` where the provider's own end was not seen. */
  chat(request: ProviderChatRequest, context: ProviderContext): AsyncIterable<ResponsePart>
  /**
   * Input tokens of a chat by the provider's own tokenizer, which a server is asked for: where VS Code waits for a count
   * there is `countLoaded`, or the estimate. Absent where the provider has none. Throws ModelError.
   */
  countTokens?(request: ProviderChatRequest, context: ProviderContext): Promise<number>
  /**
   * Tokens of each text by a tokenizer that is in this machine's memory: never a network call, and nothing is loaded for
   * it. Undefined where it is not there now. Absent where the provider has none.
   */
  countLoaded?(
    request: LoadedCountRequest,
    context: Pick<ProviderContext, 'connection' | 'engine'>,
  ): Promise<readonly number[] | undefined>
  /** Absent where the provider has no embeddings. Throws ModelError. */
  embed?(request: EmbedRequest, context: ProviderContext): Promise<EmbedResult>
  /** Absent where the provider ranks no documents. Throws ModelError. */
  rerank?(request: RerankRequest, context: ProviderContext): Promise<RerankResult>
}

export type ProviderTable = readonly Provider[]

/**
 * The base URL that the environment names. As servers read such a variable themselves: the scheme may be missing, then
 * the provider's own port too, and an address to listen on everywhere means this machine.
 */
export function environmentBaseUrl(provider: Provider, environment: Environment): string | undefined {
  const value = provider.baseUrlVariable === undefined ? undefined : environment[provider.baseUrlVariable]
  // Never sent: a key has a place of its own, and addresses are shown, logged and kept.
  const text = withoutCredentials(value?.trim() ?? '')
  if (text === '') return undefined
  const hasScheme = /^https?:\/\//.test(text)
  const url = URL.parse(hasScheme ? text : `http://${text.replace(/^:/, '127.0.0.1:')}`)
  if (url === null) return hasScheme ? text : `http://${text}`
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
  const hasPort = hasScheme || /:\d+(\/|$)/.test(text)
  if (!hasPort && provider.baseUrl !== undefined) url.port = new URL(provider.baseUrl).port
  return url.href.replace(/\/$/, '')
}
