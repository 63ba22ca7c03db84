import type { Caller, Operation } from '../chat.js'
import type { ErrorCode } from '../errors.js'
import { factSources, type ModelRef, type Usage } from '../model.js'

/** Tokens of one attempt by what they cost; no class includes another. */
export interface TokenClasses {
  readonly uncachedInput: number
  readonly cacheRead: number
  /** Written to a cache that lasts minutes, and to one that lasts an hour or more. */
  readonly cacheWriteShort: number
  readonly cacheWriteLong: number
  readonly visibleOutput: number
  readonly reasoningOutput: number
}

export type AttemptOutcome =
  | { readonly kind: 'success' }
  /** `cancelled` is the caller's own wish, and says nothing of the model. */
  | { readonly kind: 'failure' | 'cancelled'; readonly code: ErrorCode }

/**
 * Where a cost comes from: the price of one of the sources of facts, what the server itself has billed, or a price that
 * is for another service tier than the one that answered.
 */
export const costSources = [...factSources, 'billed', 'tier'] as const

type CostSource = (typeof costSources)[number]

/** Money in the price that was valid when the attempt was made. */
export interface AttemptCost {
  readonly usd: number
  readonly source: CostSource
}

/** What the ledger keeps of one attempt, or of one answer out of the cache. Neither a prompt nor an answer. */
export interface AttemptRecord {
  /** Milliseconds since the epoch at its beginning. */
  readonly at: number
  readonly requestId: string
  /** From 1 within the request; 0 for an answer out of the cache. */
  readonly number: number
  readonly caller: Caller
  /** `chat` where absent. */
  readonly operation?: Operation
  /** The route that was asked for; absent where the model itself was. */
  readonly route?: string
  readonly provider: string
  readonly model: ModelRef
  readonly tokens: TokenClasses
  readonly accuracy: Usage['accuracy']
  /** Absent where the price is unknown, which is not the same as free. */
  readonly cost?: AttemptCost
  /** Milliseconds from the call to its end, and to the first part of an answer; absent where none came. */
  readonly latencyMs: number
  readonly firstPartMs?: number
  readonly outcome: AttemptOutcome
  readonly isCacheHit: boolean
  /** In the server's own words: the model where it is another than was asked for, whom a gateway has asked, the tier. */
  readonly served?: { readonly model?: string; readonly provider?: string; readonly tier?: string }
  /** Milliseconds that a route took to choose, of the first attempt. Not in the ledger: known to its own window alone. */
  readonly selectionMs?: number
  /** Tokens by our own estimate, and by the provider's exact count. Not in the ledger either. */
  readonly estimate?: { readonly estimated: number; readonly exact: number }
  /** Of an answer out of the cache, by the window that has seen it: USD, absent where unknown, and milliseconds. */
  readonly saved?: { readonly usd?: number; readonly ms: number }
}

/** The shortest time, in milliseconds, from which a speed can be told. */
const leastMeasurableMs = 1

/** Tokens per second from the first part to the end; undefined where that time or the tokens are not known. */
export function outputSpeed({ tokens, latencyMs, firstPartMs, outcome }: AttemptRecord): number | undefined {
  const output = tokens.visibleOutput + tokens.reasoningOutput
  if (firstPartMs === undefined || outcome.kind !== 'success' || output === 0) return undefined
  const ms = latencyMs - firstPartMs
  return ms < leastMeasurableMs ? undefined : (output / ms) * 1_000
}

/** How far the estimate was from the exact count, as a share of that; undefined where they were not compared. */
export function estimateError({ estimate }: AttemptRecord): number | undefined {
  if (estimate === undefined || estimate.exact <= 0) return undefined
  return Math.abs(estimate.estimated - estimate.exact) / estimate.exact
}

/** Identifies an attempt among those of all windows. */
export function attemptIdOf({ requestId, number }: Pick<AttemptRecord, 'requestId' | 'number'>): string {
  return `${requestId}#${number}`
}
