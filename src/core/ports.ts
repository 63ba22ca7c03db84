import type { ChatParameters, Message, ResponsePart, Tool, ToolMode } from './chat.js'
import type { Event } from './event.js'
import type { ModelFacts, ModelRef } from './model.js'

/** Anything that must be released by its owner. */
export interface Disposable {
  dispose(): void
}

/** Told of the connection that a request needs, by a fetch that sees it being made; nothing is told of one that is kept. */
export interface Connecting {
  began(): void
  done(): void
}

export type FetchInit = RequestInit & { readonly connecting?: Connecting }

export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>

/** Names are not case-sensitive; a header that came several times is one, with commas between. */
export interface HttpHeaders extends Iterable<[string, string]> {
  get(name: string): string | null
  has(name: string): boolean
}

export interface ByteReader {
  /** Rejects where the body is cut off. One read at a time. */
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  /** Gives up what is left. */
  cancel(): Promise<void>
  /** Whether it is known that nothing is left. */
  isOver?(): boolean
}

/** What is read of an HTTP answer; a Response is one. */
export interface HttpAnswer {
  readonly status: number
  readonly ok: boolean
  readonly type: string
  readonly headers: HttpHeaders
  readonly body: { getReader(): ByteReader } | null
}

/** Like `Fetch` for texts, without the making of a Response, which costs a server of this machine more than its way. */
export type LocalExchange = (input: string | URL, init?: FetchInit) => Promise<HttpAnswer>

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds of a clock that never jumps; for durations. */
  monotonic(): number
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Calls `ring` once after that long, unless the returned function is called before: for every request, where a signal
   * and its rejections would cost as much as reading an answer. It may ring too early where `ms` is longer than 24 days.
   */
  alarm(ms: number, ring: () => void): () => void
}

export interface Log {
  trace(message: string): void
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string, cause?: unknown): void
}

/** Something that the user should know though nothing has failed, and what one click can do about it. */
export interface Notice {
  readonly code:
    | 'context-too-small'
    | 'storage-newer'
    | 'storage-read-only'
    | 'storage-on-network'
    | 'storage-set-aside'
  /** One clear sentence or two; never a key, never a prompt. */
  readonly message: string
  readonly model?: ModelRef
  readonly action?: NoticeAction
}

export interface NoticeAction {
  readonly label: string
  /** May be called long after the call that gave the notice has ended. Throws ModelError. */
  run(signal: AbortSignal): Promise<void>
}

export interface Notices {
  /** Returns at once; the same code about the same model is shown once. */
  notice(notice: Notice): void
}

export interface SecretStore {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
  onDidChange(listener: (name: string) => void): Disposable
}

/** Small documents of the extension's own storage folder, each replaced as a whole. */
export interface FileStore {
  /** Undefined where there is none. */
  read(name: string): Promise<string | undefined>
  /** Atomic: a reader sees the old text or the new, never a mixture. */
  write(name: string, text: string): Promise<void>
  delete(name: string): Promise<void>
}

export type SqlValue = string | number | bigint | null | Uint8Array

/** By the column's name. Integers come as numbers; one above 2⁵³ fails. */
export type Row = Readonly<Record<string, SqlValue>>

/**
 * One connection to a database that other windows use at the same time. Statements are prepared once for each text, so
 * a text must be constant and values are always bound. Every call is synchronous and throws ModelError `not-saved` or
 * `forbidden`. While another program has the lock for longer than a moment, calls fail at once until it is free.
 */
export interface Database extends Disposable {
  /** True if a newer Roundhouse, or the disk, allows no more; from the moment at which a newer one has changed the schema. */
  readonly readOnly: boolean
  /** Another program has had the lock for longer than calls may block the event loop. */
  readonly isLocked: boolean
  /** Resolves once that is over, and at once by default. Rejects with the signal's reason. */
  unlocked(signal?: AbortSignal): Promise<void>
  /** Fires when calls that failed because of the lock may be repeated. */
  readonly onDidUnlock: Event<void>
  run(sql: string, ...values: readonly SqlValue[]): SqlChange
  get(sql: string, ...values: readonly SqlValue[]): Row | undefined
  all(sql: string, ...values: readonly SqlValue[]): readonly Row[]
  /** One or several statements without values, not kept. */
  exec(sql: string): void
  /** Takes the write lock first (`BEGIN IMMEDIATE`); undoes everything where `work` throws. Inside another it joins. */
  transaction<T>(work: () => T): T
}

interface SqlChange {
  /** Rows inserted, updated or deleted. */
  readonly changes: number
  readonly lastInsertRowid: number
}

export type Environment = Readonly<Record<string, string | undefined>>

/** How a model is used, whatever for. */
export interface EngineUse {
  /** Absolute path of a GGUF file. */
  readonly file: string
  readonly threads?: number
  /** Tokens; the model's own context length, capped, where absent. */
  readonly contextSize?: number
  /** Layers that the GPU computes, where there is one; as many as fit where absent. */
  readonly gpuLayers?: number
  /** Milliseconds after its last use at which the model is unloaded; the engine's own where absent. */
  readonly idleMs?: number
}

/** How tokens are chosen, beyond what every provider has a parameter for. llama.cpp's own where absent. */
export interface EngineSampling {
  /** From 0 to 1. */
  readonly minP?: number
  /** Tokens that penalties of repetitions look back on. */
  readonly repeatLastTokens?: number
}

export interface EngineRequest extends EngineUse {
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  readonly toolMode?: ToolMode
  readonly parameters?: ChatParameters
  readonly sampling?: EngineSampling
}

interface EngineEmbedRequest extends EngineUse {
  readonly inputs: readonly string[]
}

export interface EngineEmbeddings {
  /** One of length 1 for each input, in their order. */
  readonly embeddings: readonly (readonly number[])[]
  /** Of all inputs together. */
  readonly inputTokens: number
}

interface EngineRerankRequest extends EngineUse {
  readonly query: string
  readonly documents: readonly string[]
}

export interface EngineRanking {
  /** From 0 to 1, one for each document, in their order. */
  readonly scores: readonly number[]
  readonly inputTokens: number
}

/** llama.cpp behind a process boundary: a malformed file may end the child, never the caller. */
export interface EmbeddedEngine extends Disposable {
  /** Reads a GGUF file's own metadata. Throws ModelError `engine-failed` or `not-found` naming the file. */
  inspect(file: string, signal: AbortSignal): Promise<ModelFacts>
  /** Throws ModelError `engine-failed`, `not-found`, `context-length` or `cancelled`. */
  chat(request: EngineRequest, signal: AbortSignal): AsyncIterable<ResponsePart>
  /** Throws as `chat` does, and `capability-unsupported` for a model that only generates. */
  embed(request: EngineEmbedRequest, signal: AbortSignal): Promise<EngineEmbeddings>
  /** Throws as `chat` does, and `capability-unsupported` for a model that does not rank. */
  rerank(request: EngineRerankRequest, signal: AbortSignal): Promise<EngineRanking>
  /** By the model's own tokenizer; loads the model where it is not loaded. */
  countTokens(file: string, text: string, signal: AbortSignal): Promise<number>
  /**
   * The same for many texts, each by itself, as long as the model is in memory and nothing else is asked of the engine:
   * otherwise undefined at once. Loads nothing, and keeps nothing loaded for longer.
   */
  countLoaded(file: string, texts: readonly string[]): Promise<readonly number[] | undefined>
}
