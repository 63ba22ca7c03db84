import type { ModelInfo } from '../../core/model.js'
import type { Subject } from './subject.js'

/** Milliseconds. */
export interface Timeouts {
  /** From the request to the first byte of the answer's body. */
  readonly firstByteMs: number
  /** Between two arrivals afterwards; pings count. */
  readonly betweenEventsMs: number
  /** Without anything but pings. */
  readonly noProgressMs: number
  /** For the whole exchange, where there is such a limit. */
  readonly totalMs?: number
}

const minute = 60_000

export type ExchangeKind = 'chat' | 'list' | 'document'

/**
 * A local server may load a model first, and a model that reasons may be silent for minutes; `patienceSeconds` is
 * what the connection says. A list must not keep anyone waiting.
 */
export function timeoutsFor(
  { location }: Subject,
  {
    kind,
    model,
    timeouts,
  }: { readonly kind: ExchangeKind; readonly model?: ModelInfo; readonly timeouts?: Partial<Timeouts> },
  patienceSeconds?: number,
): Timeouts {
  if (kind === 'list') {
    return {
      firstByteMs: 10_000,
      betweenEventsMs: 10_000,
      noProgressMs: 10_000,
      totalMs: 10_000,
      ...timeouts,
    }
  }
  const isPatient = location === 'local' || model?.capabilities.reasoning === true
  const own = patienceSeconds === undefined ? undefined : patienceSeconds * 1000
  return {
    firstByteMs: own ?? (isPatient ? 10 * minute : minute),
    betweenEventsMs: own ?? (isPatient ? 10 * minute : 1.5 * minute),
    noProgressMs: Math.max(own ?? 0, 10 * minute),
    ...timeouts,
  }
}
