import { isRecord } from './json.js'
import type { ModelRef, Usage } from './model.js'
import type { Requirements } from './routing/requirements.js'

export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/**
 * State that a provider wants back unmodified on the next turn (signatures, encrypted reasoning).
 * Opaque to everyone but the provider that made it, and worthless to any other model.
 */
export interface ReasoningState {
  readonly provider: string
  readonly model: string
  /** JSON-serialisable. */
  readonly value: unknown
}

export function isReasoningState(value: unknown): value is ReasoningState {
  return (
    isRecord(value) &&
    typeof value['provider'] === 'string' &&
    typeof value['model'] === 'string' &&
    'value' in value
  )
}

/**
 * Streamed as parts with text and without state; where the provider has state, a last part with it and no text
 * closes the block. The state alone must suffice to rebuild the block on the next turn.
 */
export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
  readonly state?: ReasoningState
}

export interface DataPart {
  readonly type: 'data'
  readonly mimeType: string
  readonly data: Uint8Array
}

export interface ToolCallPart {
  readonly type: 'toolCall'
  readonly callId: string
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

export interface ToolResultPart {
  readonly type: 'toolResult'
  readonly callId: string
  readonly content: readonly (TextPart | DataPart)[]
  readonly isError?: boolean
}

export type ContentPart = TextPart | ReasoningPart | DataPart | ToolCallPart | ToolResultPart

export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: readonly ContentPart[]
}

export interface Tool {
  readonly name: string
  readonly description: string
  /** JSON Schema of the input object. */
  readonly inputSchema?: Readonly<Record<string, unknown>>
}

export type ToolMode = 'auto' | 'required'

/** From the least to the most. */
export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high', 'max'] as const

export type ReasoningEffort = (typeof reasoningEfforts)[number]

/** `json` is any JSON object; `jsonSchema` is one that fits the schema, under a name for the model to read. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'jsonSchema'
      readonly name: string
      readonly schema: Readonly<Record<string, unknown>>
    }

/** Preferences, never demands: what a provider or a model does not take is left out. */
export interface ChatParameters {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly maxOutputTokens?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  /** From -2 to 2, as is `presencePenalty`. */
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** Above 0, up to 2; 1 changes nothing. A factor on words that came lately, as servers of open models have it. */
  readonly repeatPenalty?: number
  readonly reasoningEffort?: ReasoningEffort
  readonly responseFormat?: ResponseFormat
}

/** Where requests come in. */
export const doors = ['languageModel', 'api', 'gateway', 'playground'] as const

/** Who asked, for usage and for the log. */
export interface Caller {
  readonly door: (typeof doors)[number]
  readonly extension?: string
  readonly terminal?: string
  readonly workspace?: string
  readonly branch?: string
  readonly conversation?: string
}

/** What a model is asked to do. */
export const operations = ['chat', 'embeddings', 'reranking'] as const

export type Operation = (typeof operations)[number]

export interface ChatRequest {
  readonly model: ModelRef
  /** `chat` where absent. Otherwise the messages hold the texts, for estimates, and no text is answered. */
  readonly operation?: Operation
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  readonly toolMode?: ToolMode
  readonly parameters?: ChatParameters
  readonly caller: Caller
  /** What a route may choose; a model that is asked for by its own name is asked whatever this says. */
  readonly requirements?: Requirements
  /** Set by the router: which try of which request this is, from 1. */
  readonly attempt?: {
    readonly requestId: string
    readonly number: number
    readonly route?: string
    /** Milliseconds that the route took to choose; of the first try alone. */
    readonly selectionMs?: number
  }
  /** The user lets hard budgets pass a model whose price is unknown, for this request. */
  readonly unknownPrice?: 'allow'
  /** `bypass`: neither read from the cache nor kept in it; `refresh`: asked again and kept. */
  readonly cache?: 'bypass' | 'refresh'
}

/** False where vectors or scores are asked for, which use no tokens of output. */
export function answersText({ operation = 'chat' }: Pick<ChatRequest, 'operation'>): boolean {
  return operation === 'chat'
}

/** `other`: the server's own word says neither that the answer is whole nor that it failed. It is kept in no cache. */
export type FinishReason = 'stop' | 'length' | 'toolCalls' | 'contentFilter' | 'refusal' | 'other'

/** Why an answer may be no longer: the tokens that a hard budget had left for it. */
export interface AnswerLimit {
  readonly tokens: number
  /** The budget's name. */
  readonly budget: string
}

interface RoutePart {
  readonly type: 'route'
  readonly model: ModelRef
  readonly reason: string
  /** The answer has been given before, or is being given to another request: no provider was asked for this one. */
  readonly cached?: boolean
}

/** A web page or a document that an answer rests on; it has an address, a title, or both. */
export interface Source {
  /** `http:` or `https:`; absent for what is not on the web, such as a document of the request. */
  readonly url?: string
  readonly title?: string
}

/** Comes once, behind the text: a number such as [1] in the text means the first. */
export interface SourcesPart {
  readonly type: 'sources'
  readonly sources: readonly Source[]
}

/** Who made the answer, in the words of a server that says so; before `finish`, or before the failure. */
interface ServedPart {
  readonly type: 'served'
  readonly model: string
  readonly provider?: string
}

interface UsagePart {
  readonly type: 'usage'
  readonly usage: Usage
  /** Of a cached answer when it was first given: nothing was used now, and it costs nothing. */
  readonly cached?: boolean
}

export interface FinishPart {
  readonly type: 'finish'
  readonly reason: FinishReason
  /** Why it was refused or filtered, in a few words of the server's. */
  readonly detail?: string
  /** Given if the answer has ended at it. */
  readonly limitedBy?: AnswerLimit
}

export type ResponsePart =
  | RoutePart
  | TextPart
  | ReasoningPart
  | DataPart
  | ToolCallPart
  | SourcesPart
  | UsagePart
  | ServedPart
  | FinishPart

export type Chat = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<ResponsePart>

export type Middleware = (next: Chat) => Chat

/** Folds middleware around a chat; the first one named is the outermost. */
export function compose(middleware: readonly Middleware[], chat: Chat): Chat {
  return middleware.reduceRight((next, wrap) => wrap(next), chat)
}
