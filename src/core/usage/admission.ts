import { cancelled, isModelError } from '../errors.js'
import type { Clock, Database } from '../ports.js'
import type { Admit } from './attemptWatch.js'
import type { Budgets } from './budgets.js'
import type { RateLimiter } from './rateLimiter.js'

export interface AdmissionOptions {
  readonly limiter: Pick<RateLimiter, 'admit'>
  readonly budgets: Pick<Budgets, 'claim'>
  readonly database: Pick<Database, 'isLocked' | 'unlocked'>
  readonly clock: Pick<Clock, 'alarm'>
}

/** Milliseconds that a hard budget waits for a database that another program has locked. */
const lockTimeoutMs = 5_000

/** Of the wait itself, whatever the budgets say. */
function endsWait(error: unknown): boolean {
  return isModelError(error) && (error.code === 'rate-limited' || error.code === 'cancelled')
}

/** Whether the lock has gone in time; false if there is none. Blocks nothing. Throws ModelError `cancelled`. */
async function waitForLock({ database, clock }: AdmissionOptions, signal: AbortSignal): Promise<boolean> {
  if (!database.isLocked) return false
  const timeout = new AbortController()
  const stop = clock.alarm(lockTimeoutMs, () => timeout.abort())
  try {
    await database.unlocked(AbortSignal.any([signal, timeout.signal]))
    return true
  } catch {
    if (signal.aborted) throw cancelled(signal.reason)
    return false
  } finally {
    stop()
  }
}

/**
 * Lets an attempt begin once the limits allow it, with what it may use at most reserved in the budgets: one transaction,
 * all or nothing, so that what a budget refuses counts against no limit. Throws ModelError `rate-limited`,
 * `budget-exceeded` or `cancelled`.
 */
export function createAdmission(options: AdmissionOptions): Admit {
  const { limiter, budgets } = options
  return async (asked, signal) => {
    const claim = await budgets.claim(asked, signal)
    const request = claim?.request ?? asked
    const admit = async () => {
      const limits = await limiter.admit(request, signal, claim)
      // The budgets may have bounded the answer.
      return {
        request: claim?.request ?? request,
        watches: [limits, claim].filter((watch) => watch !== undefined),
      }
    }
    try {
      return await admit().catch(async (error: unknown) => {
        if (claim?.isHard === true && (await waitForLock(options, signal))) return await admit()
        throw error
      })
    } catch (error) {
      if (claim === undefined || endsWait(error)) throw error
      claim.fail(error)
      return { request, watches: [claim] }
    }
  }
}
