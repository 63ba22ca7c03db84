import type { ModelError } from '../errors.js'

/** Milliseconds. */
export interface BackoffLimits {
  readonly baseMs: number
  readonly maxMs: number
  /** Added by chance to a Retry-After, so that those who wait for the same moment do not all come at once. */
  readonly spreadMs: number
}

export const usualBackoff: BackoffLimits = { baseMs: 500, maxMs: 8_000, spreadMs: 250 }

/**
 * Milliseconds to wait before the next try: never less than the provider asks for, else by chance from none up to a
 * bound that doubles with each failure. `failures` from 1, `random` from 0 up to 1.
 */
export function backoffMs(
  error: Pick<ModelError, 'retryAfterMs'>,
  failures: number,
  random: () => number,
  limits: BackoffLimits = usualBackoff,
): number {
  const asked = error.retryAfterMs
  if (asked !== undefined && asked >= 0) return asked + random() * limits.spreadMs
  return random() * Math.min(limits.maxMs, limits.baseMs * 2 ** (failures - 1))
}

/** Keeps retries from making a storm worse: so many for each request, on the average. */
export interface RetryBudget {
  /** A request has come. */
  earn(): void
  /** False where too many requests were tried again lately. */
  spend(): boolean
}

export interface RetryBudgetOptions {
  /** Retries for each request. */
  readonly ratio?: number
  /** Retries that may be saved up, which is also what there is at first. */
  readonly most?: number
}

export function createRetryBudget({ ratio = 0.1, most = 5 }: RetryBudgetOptions = {}): RetryBudget {
  let left = most
  return {
    earn: () => void (left = Math.min(most, left + ratio)),
    spend() {
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
