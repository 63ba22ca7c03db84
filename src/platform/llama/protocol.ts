import type { ChatParameters, Message, ResponsePart, Tool, ToolMode } from '../../core/chat.js'
import type { ErrorCode } from '../../core/errors.js'
import type { ModelFacts } from '../../core/model.js'
import type { EngineEmbeddings, EngineRanking, EngineSampling } from '../../core/ports.js'

/** How a model is loaded and used. */
export interface ModelUse {
  /** Absolute path. */
  readonly file: string
  readonly threads: number
  readonly contextSize?: number | undefined
  readonly gpuLayers?: number | undefined
}

/** One generation, complete: the child keeps no conversation. */
export interface ChatJob extends ModelUse {
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[] | undefined
  readonly toolMode?: ToolMode | undefined
  readonly parameters?: ChatParameters | undefined
  readonly sampling?: EngineSampling | undefined
}

export interface EmbedJob extends ModelUse {
  readonly inputs: readonly string[]
}

export interface RerankJob extends ModelUse {
  readonly query: string
  readonly documents: readonly string[]
}

/** What the parent asks for; `id` is repeated in every answer. */
export type Job =
  | { readonly type: 'inspect'; readonly id: number; readonly file: string }
  | { readonly type: 'count'; readonly id: number; readonly file: string; readonly text: string }
  | ({ readonly type: 'chat'; readonly id: number } & ChatJob)
  | ({ readonly type: 'embed'; readonly id: number } & EmbedJob)
  | ({ readonly type: 'rerank'; readonly id: number } & RerankJob)

export type ToChild =
  | Job
  /** No job: it waits for nobody, and nobody for it. */
  | {
      readonly type: 'countLoaded'
      readonly id: number
      readonly file: string
      readonly texts: readonly string[]
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'unload'; readonly file: string }

export type Reply =
  | { readonly type: 'facts'; readonly id: number; readonly facts: ModelFacts }
  | { readonly type: 'tokens'; readonly id: number; readonly count: number }
  | { readonly type: 'parts'; readonly id: number; readonly parts: readonly ResponsePart[] }
  | ({ readonly type: 'embeddings'; readonly id: number } & EngineEmbeddings)
  | ({ readonly type: 'ranking'; readonly id: number } & EngineRanking)

/** The end of a job: exactly one of these is sent for each, for a cancelled one too. */
export type Ending =
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly code: ErrorCode; readonly message: string }

type LogLevel = 'debug' | 'warn' | 'error'

export type FromChild =
  | Reply
  | Ending
  /** Without counts where the model is not in memory. */
  | { readonly type: 'counts'; readonly id: number; readonly counts?: readonly number[] | undefined }
  /** A job leaves its queue. */
  | { readonly type: 'started'; readonly id: number }
  /** Sent before llama.cpp touches a file, so that an abort can be blamed on it. */
  | { readonly type: 'loading'; readonly file: string }
  | { readonly type: 'loaded'; readonly file: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }

const fromChild = new Set([
  'facts',
  'tokens',
  'counts',
  'parts',
  'embeddings',
  'ranking',
  'done',
  'failed',
  'started',
  'loading',
  'loaded',
  'log',
])
const toChild = new Set(['inspect', 'count', 'countLoaded', 'chat', 'embed', 'rerank', 'cancel', 'unload'])

export function isFromChild(message: unknown): message is FromChild {
  return hasType(message) && fromChild.has(message.type)
}

export function isToChild(message: unknown): message is ToChild {
  return hasType(message) && toChild.has(message.type)
}

function hasType(message: unknown): message is { readonly type: string } {
  return (
    typeof message === 'object' && message !== null && 'type' in message && typeof message.type === 'string'
  )
}
