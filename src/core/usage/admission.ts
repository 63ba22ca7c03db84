import { isModelError } from '../errors.js'
import type { Admit } from './attemptWatch.js'
import type { Budgets } from './budgets.js'
import type { RateLimiter } from './rateLimiter.js'

export interface AdmissionOptions {
  readonly limiter: Pick<RateLimiter, 'admit'>
  readonly budgets: Pick<Budgets, 'claim'>
}

/** Of the wait itself, whatever the budgets say. */
function endsWait(error: unknown): boolean {
  return isModelError(error) && (error.code === 'rate-limited' || error.code === 'cancelled')
}

/**
 * Lets an attempt begin once the limits allow it, with what it may use at most reserved in the budgets: one transaction,
 * all or nothing, so that what a budget refuses counts against no limit. Throws ModelError `rate-limited`,
 * `budget-exceeded` or `cancelled`.
 */
export function createAdmission({ limiter, budgets }: AdmissionOptions): Admit {
  return async (asked, signal) => {
    const claim = await budgets.claim(asked, signal)
    const request = claim?.request ?? asked
    try {
      const reserve = claim && (() => claim.take())
      const limits = await limiter.admit(request, signal, reserve)
      return { request, watches: [limits, claim].filter((watch) => watch !== undefined) }
    } catch (error) {
      if (claim === undefined || endsWait(error)) throw error
      claim.fail(error)
      return { request, watches: [claim] }
    }
  }
}
