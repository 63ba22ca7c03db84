export interface ContextNeed {
  /** Tokens that have to fit. */
  readonly needed: number
  /** Tokens at most. */
  readonly limit: number
  readonly threads: number
  readonly signal: AbortSignal
}

interface ContextOptions {
  readonly contextSize: number
  readonly threads: number
  readonly createSignal: AbortSignal
}

/** `sizeFor` answers tokens; `outgrown` is the size of the context that became too small. */
interface KeptContextOptions<C> {
  readonly create: (options: ContextOptions) => Promise<C>
  readonly sizeFor: (need: ContextNeed, outgrown: number | undefined) => number
}

interface Kept<C> {
  readonly context: C
  readonly size: number
  readonly threads: number
}

/** The context of the last request where it fits, else a new one in its place. Only for whoever has the file’s turn. */
export function keepContext<C extends { dispose(): Promise<void> }>({
  create,
  sizeFor,
}: KeptContextOptions<C>): (need: ContextNeed) => Promise<C> {
  let kept: Kept<C> | undefined
  return async (need) => {
    const { needed, threads, signal } = need
    if (kept !== undefined && kept.threads === threads && kept.size >= needed) return kept.context
    const outgrown = kept?.size
    await kept?.context.dispose()
    kept = undefined
    const size = sizeFor(need, outgrown)
    kept = { context: await create({ contextSize: size, threads, createSignal: signal }), size, threads }
    return kept.context
  }
}
