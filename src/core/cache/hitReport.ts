import type { ChatRequest, ResponsePart } from '../chat.js'
import type { ModelRef, Usage } from '../model.js'
import type { CacheHit, CacheParts } from './cache.js'

interface Origin {
  readonly source: CacheHit['source']
  /** Milliseconds that the answer took when it was first given. */
  readonly durationMs: number
}

interface Observed {
  model: ModelRef
  usage: Usage | undefined
  firstPartMs: number | undefined
  isComplete: boolean
}

export interface HitReport {
  /** Passes a cached answer on, counts it and tells of it. An answer that fails was none. */
  follow(
    parts: Iterable<ResponsePart> | AsyncIterable<ResponsePart>,
    origin: Origin,
  ): AsyncGenerator<ResponsePart>
}

/** For one request, from now on. */
export function createHitReport(request: ChatRequest, { options, statistics }: CacheParts): HitReport {
  const { clock, log, price, onHit } = options
  const at = clock.now()
  const begun = clock.monotonic()
  const observed: Observed = {
    model: request.model,
    usage: undefined,
    firstPartMs: undefined,
    isComplete: false,
  }

  function observe(part: ResponsePart): void {
    if (part.type === 'route') observed.model = part.model
    else observed.firstPartMs ??= clock.monotonic() - begun
    if (part.type === 'usage') observed.usage = part.usage
    if (part.type === 'finish') observed.isComplete = true
  }

  function report({ source, durationMs }: Origin): void {
    const { model, usage, firstPartMs } = observed
    const latencyMs = clock.monotonic() - begun
    const savedMs = Math.max(0, durationMs - latencyMs)
    const savedUsd = usage === undefined ? undefined : price?.(model, usage)
    statistics.countHit({ isShared: source === 'flight', savedMs, savedUsd })
    try {
      onHit?.({
        request,
        model,
        source,
        usage,
        at,
        latencyMs,
        savedMs,
        ...(firstPartMs === undefined ? {} : { firstPartMs }),
        ...(savedUsd === undefined ? {} : { savedUsd }),
      })
    } catch (error) {
      log.error('An answer out of the cache could not be recorded', error)
    }
  }

  return {
    async *follow(parts, origin) {
      try {
        for await (const part of parts) {
          observe(part)
          yield part
        }
      } finally {
        if (observed.isComplete) report(origin)
      }
    },
  }
}
