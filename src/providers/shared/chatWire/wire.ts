import { type JsonRecord } from '../../../core/json.js'
import type { ListedModel, ModelInfo } from '../../../core/model.js'
import type { ParameterName } from '../../../core/parameters/merge.js'
import type { Log } from '../../../core/ports.js'
import type {
  Connection,
  ConnectionField,
  DataRetention,
  KeyField,
  ProviderChatRequest,
  ProviderContext,
} from '../../../core/provider.js'
import type { EmbedLimits } from '../embeddings.js'
import type { ErrorRule } from '../errorRules.js'
import type { Authorization } from '../headers.js'
import type { PdfRule } from '../images.js'
import type { SignOfLife } from '../quietCheck.js'
import type { Transport } from '../transport.js'

/** What differs between servers that speak Chat Completions. */
export interface ChatWire {
  /** Which names its parameters have; one that it does not take is absent. */
  readonly parameters: Readonly<Partial<Record<ParameterName, string>>>
  /** Levels of effort that a model is asked for where its own are not known. */
  readonly efforts: readonly string[]
  /** In place of the nearest level; undefined where the model's own default stands. */
  readonly effortOf?: (request: ProviderChatRequest) => string | undefined
  readonly refuses?: (request: ProviderChatRequest) => readonly ParameterName[]
  /** How many texts may end an answer. */
  readonly maximumStops?: number
  /** It counts tokens in every stream, and refuses to be asked for it. */
  readonly countsUnasked?: boolean
  /** For a server that takes ids of calls in one form only. */
  readonly callIdOf?: (callId: string) => string
  /** Where it wants the reasoning of every message of the model's, be it empty; else only open calls bring theirs. */
  readonly reasoningMember?: 'reasoning_content'
  /** What it calls the length of an embedding; `dimensions` where not given. */
  readonly dimensionsMember?: 'output_dimension'
  /**
   * For a server that is known to end whole answers with `data: [DONE]` and no finish reason. With every other one a
   * missing reason means that something broke behind it: gateways write `[DONE]` after any end.
   */
  readonly doneEndsAlone?: boolean
  /** For a server that keeps to JSON only where it has a schema: beside `json_object` it gets that of any object. */
  readonly jsonNeedsSchema?: boolean
  /** `told` where not given. */
  readonly pdf?: PdfRule
  /** The kind of part that carries a PDF; `file` where not given. */
  readonly pdfPart?: 'document_url'
  /** Where a server has its endpoints elsewhere than below the base URL: the address of `chat/completions` and so on. */
  readonly urlOf?: (path: string, place: Place) => string
  /** Further members of the body, which win over the usual ones. */
  readonly extra?: (request: ProviderChatRequest, connection: Connection) => JsonRecord
}

export interface Place {
  readonly baseUrl: string
  readonly connection: Connection
  /** Absent where no model is asked. */
  readonly model?: string
}

export const standardWire: ChatWire = {
  efforts: ['none', 'low', 'medium', 'high'],
  parameters: {
    temperature: 'temperature',
    topP: 'top_p',
    maxOutputTokens: 'max_tokens',
    stop: 'stop',
    seed: 'seed',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    reasoningEffort: 'reasoning_effort',
    responseFormat: 'response_format',
  },
}

/** Servers of open models sample by `top_k`, and lower the odds of what came lately by a factor. */
export const openModelWire: ChatWire = {
  ...standardWire,
  parameters: { ...standardWire.parameters, topK: 'top_k', repeatPenalty: 'repetition_penalty' },
}

/** The same where llama.cpp answers, which has its own name for the factor. */
export const llamaWire: ChatWire = {
  ...openModelWire,
  parameters: { ...openModelWire.parameters, repeatPenalty: 'repeat_penalty' },
}

/**
 * Half of what the strictest server takes in tokens, since an estimate may be that wrong, and inputs whose answers are
 * some megabytes.
 */
export const usualEmbeddings: EmbedLimits = { inputs: 128, tokens: 150_000 }

/** A provider that speaks Chat Completions, as data. */
export interface ChatProviderRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly location: 'cloud' | 'local'
  readonly baseUrl?: string
  readonly baseUrlVariable?: string
  readonly customerHosts?: readonly string[]
  readonly key?: KeyField
  readonly fields: readonly ConnectionField[]
  readonly dataRetention?: DataRetention
  readonly wire?: Partial<ChatWire>
  /** How the key travels; `bearer` where not given. */
  readonly authorization?: Authorization
  readonly errorRules?: readonly ErrorRule[]
  /** What one request for embeddings may hold; absent where there are none. */
  readonly embeddings?: EmbedLimits
  /** What this provider's list entries say beyond the common; undefined drops the model. */
  readonly refineModel?: (
    model: ListedModel,
    entry: unknown,
    connection: Connection,
  ) => ListedModel | undefined
  /** What only further requests tell. */
  readonly enrichModels?: (models: readonly ListedModel[], asking: Asking) => Promise<readonly ListedModel[]>
  /** Whether a server that sends nothing but pings still works on the answer; it is not asked where absent. Never rejects. */
  readonly signOfLife?: (answer: QuietAnswer) => Promise<SignOfLife>
}

/** What a row does, apart from what it is. */
export type RowWays = Partial<
  Pick<ChatProviderRow, 'wire' | 'errorRules' | 'refineModel' | 'enrichModels' | 'signOfLife'>
>

export interface Asking {
  readonly transport: Transport
  readonly log: Log
  /** The entries of the server's list, as they came. */
  readonly entries: readonly unknown[]
}

/** An answer that has gone quiet. */
export interface QuietAnswer {
  /** With a signal of its own. */
  readonly context: ProviderContext
  readonly model: ModelInfo
  /** Whether any of the answer has come. */
  readonly hasBegun: boolean
}
