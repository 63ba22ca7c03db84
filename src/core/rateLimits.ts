/** What a limit counts. */
export type LimitedUnit = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens'

/** One limit as an answer states it; what it leaves out is unknown. */
export interface RateLimit {
  readonly unit: LimitedUnit
  /** The provider's own word for the span that it counts over, e.g. `minute`, or for the policy. */
  readonly window?: string
  readonly limit?: number
  readonly remaining?: number
  /** Milliseconds from `at` until it is whole again. */
  readonly resetMs?: number
}

/** What one answer says about the limits of the key that it was asked with. */
export interface RateLimits {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly limits: readonly RateLimit[]
  /** Milliseconds from `at` during which nothing should be asked. */
  readonly retryAfterMs?: number
}
