import { minuteMs, secondMs } from '../../core/durations.js'
import type { ModelInfo } from '../../core/model.js'
import type { ProviderContext } from '../../core/provider.js'
import { numberField } from './fields.js'
import type { Subject } from './subject.js'

/** Milliseconds. */
export interface Timeouts {
  /** For the connection alone, where one is made and its making can be watched. */
  readonly connectMs: number
  /** From the request to the first byte of the answer's body. */
  readonly firstByteMs: number
  /** Between two arrivals afterwards; pings count. */
  readonly betweenEventsMs: number
  /** Without anything but pings. */
  readonly noProgressMs: number
  /** For the whole exchange, where there is such a limit. */
  readonly totalMs?: number
}

/** What the connection says, in milliseconds. */
export interface Patience {
  readonly connectMs?: number | undefined
  readonly firstByteMs?: number | undefined
  readonly betweenEventsMs?: number | undefined
}

/** As the platform's own fetch has it. */
const defaultConnectMs = 10 * secondMs

export type ExchangeKind = 'chat' | 'list' | 'document'

interface Expected {
  readonly kind: ExchangeKind
  readonly model?: ModelInfo
  /** The server holds a part of its answer back until it is whole. */
  readonly holdsBack?: boolean
  readonly timeouts?: Partial<Timeouts>
}

/** `timeoutSeconds` stands for the first byte and for the time between events where these have no value of their own. */
export function patienceOf(context: Pick<ProviderContext, 'connection'>): Patience {
  const read = (id: string): number | undefined => {
    const seconds = numberField(context, id)
    return seconds === undefined ? undefined : seconds * secondMs
  }
  const both = read('timeoutSeconds')
  return {
    connectMs: read('connectTimeoutSeconds'),
    firstByteMs: read('firstByteTimeoutSeconds') ?? both,
    betweenEventsMs: read('eventTimeoutSeconds') ?? both,
  }
}

/**
 * A local server may load a model first, and a model that reasons may be silent for minutes. A list must not keep
 * anyone waiting.
 */
export function timeoutsFor(
  { location }: Subject,
  { kind, model, holdsBack = false, timeouts }: Expected,
  { connectMs = defaultConnectMs, firstByteMs, betweenEventsMs }: Patience = {},
): Timeouts {
  if (kind === 'list') {
    const listMs = 10 * secondMs
    return {
      connectMs: Math.min(connectMs, listMs),
      firstByteMs: listMs,
      betweenEventsMs: listMs,
      noProgressMs: listMs,
      totalMs: listMs,
      ...timeouts,
    }
  }
  const reasons = model?.capabilities.reasoning === true
  return {
    connectMs,
    firstByteMs: firstByteMs ?? (location === 'local' || reasons ? 10 * minuteMs : minuteMs),
    betweenEventsMs: betweenEventsMs ?? (holdsBack || reasons ? 10 * minuteMs : 1.5 * minuteMs),
    noProgressMs: Math.max(betweenEventsMs ?? 0, 10 * minuteMs),
    ...timeouts,
  }
}
