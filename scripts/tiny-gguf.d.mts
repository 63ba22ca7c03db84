interface CommonOptions {
  readonly name?: string | undefined
  readonly family?: string | undefined
  /** Tokens; 4096 where absent. */
  readonly context?: number | undefined
  /** In Jinja, for chat models; one for ChatML where absent. */
  readonly template?: string | undefined
  /** Metadata keys and tensors to leave out, for malformed files. */
  readonly drop?: readonly string[] | undefined
  readonly paddingBytes?: number | undefined
}

export interface ScriptOptions extends CommonOptions {
  readonly kind: 'script'
  /** What the model says: cut at spaces, or the tokens themselves, all different. */
  readonly reply: string | readonly string[]
  /** Other replies, by the last token of the prompt. */
  readonly on?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** Starts the reply again instead of ending it. */
  readonly loop?: boolean | undefined
  /** Tokens that attention looks back (architecture gemma3); absent: all of them (llama). */
  readonly window?: number | undefined
}

export interface RandomOptions extends CommonOptions {
  readonly kind: 'random'
  readonly seed?: number | undefined
  readonly layers?: number | undefined
  readonly embedding?: number | undefined
}

export interface EmbeddingOptions extends CommonOptions {
  readonly kind: 'embedding'
  readonly seed?: number | undefined
}

export interface RerankingOptions extends CommonOptions {
  readonly kind: 'reranking'
  readonly seed?: number | undefined
}

export type TinyGgufOptions = ScriptOptions | RandomOptions | EmbeddingOptions | RerankingOptions

/** The bytes of a model file. */
export function makeTinyGguf(options: TinyGgufOptions): Buffer
