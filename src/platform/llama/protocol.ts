import type { ChatParameters, Message, ResponsePart, Tool, ToolMode } from '../../core/chat.js'
import type { ErrorCode } from '../../core/errors.js'
import type { ModelFacts } from '../../core/model.js'

/** One generation, complete: the child keeps no conversation. */
export interface ChatJob {
  /** Absolute path. */
  readonly file: string
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[] | undefined
  readonly toolMode?: ToolMode | undefined
  readonly parameters?: ChatParameters | undefined
  readonly threads: number
  readonly contextSize?: number | undefined
}

/** What the parent asks for; `id` is repeated in every answer. */
export type Job =
  | { readonly type: 'inspect'; readonly id: number; readonly file: string }
  | { readonly type: 'count'; readonly id: number; readonly file: string; readonly text: string }
  | ({ readonly type: 'chat'; readonly id: number } & ChatJob)

export type ToChild =
  | Job
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'unload'; readonly file: string }

export type Reply =
  | { readonly type: 'facts'; readonly id: number; readonly facts: ModelFacts }
  | { readonly type: 'tokens'; readonly id: number; readonly count: number }
  | { readonly type: 'parts'; readonly id: number; readonly parts: readonly ResponsePart[] }

/** The end of a job: exactly one of these is sent for each that was not cancelled. */
export type Ending =
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly code: ErrorCode; readonly message: string }

type LogLevel = 'debug' | 'warn' | 'error'

export type FromChild =
  | Reply
  | Ending
  /** A job leaves its queue. */
  | { readonly type: 'started'; readonly id: number }
  /** Sent before llama.cpp touches a file, so that an abort can be blamed on it. */
  | { readonly type: 'loading'; readonly file: string }
  | { readonly type: 'loaded'; readonly file: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }

const fromChild = new Set([
  'facts',
  'tokens',
  'parts',
  'done',
  'failed',
  'started',
  'loading',
  'loaded',
  'log',
])
const toChild = new Set(['inspect', 'count', 'chat', 'cancel', 'unload'])

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
