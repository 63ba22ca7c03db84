import type { Database } from '../ports.js'
import { advanceRequests } from './advances.js'
import type { RateAmount, RateLimitSettings } from './rateUse.js'
import { addStored } from './storedNumbers.js'

const noLimit = Number.MAX_SAFE_INTEGER

const sumUse = `SELECT total(requests) AS requests, total(tokens) AS tokens FROM rate_use
WHERE connection = ? AND second BETWEEN ? AND ?`
const change = `UPDATE rate_use SET requests = max(0, requests + ?),
tokens = max(0, ${addStored('tokens', 'CAST(? AS INTEGER)')}) WHERE connection = ? AND second = ?`

interface RateAdvance extends RateAmount {
  readonly second: number
  left: number
}

/** Whether what is counted ahead is at most a hundredth of what the minute has left. */
function createShare(database: Database, windowSeconds: number) {
  return ({ connection, tokens }: RateAmount, settings: RateLimitSettings, second: number): boolean => {
    const used = database.get(sumUse, connection, second - windowSeconds, second + 1)
    const { requestsPerMinute = noLimit, tokensPerMinute = noLimit } = settings
    const isLittleOf = (ahead: number, limit: number, unit: 'requests' | 'tokens'): boolean =>
      ahead <= (limit - Number(used?.[unit] ?? 0)) / 100
    return (
      isLittleOf(advanceRequests, requestsPerMinute, 'requests') &&
      isLittleOf(advanceRequests * tokens, tokensPerMinute, 'tokens')
    )
  }
}

/**
 * Requests of this second that are counted already: where they follow one another closely, and take little of a minute,
 * one transaction counts the next ones, too. What is not used is taken off with the next transaction.
 */
export function createRateAdvances(database: Database, windowSeconds: number) {
  const isLittle = createShare(database, windowSeconds)
  const advances = new Map<string, RateAdvance>()
  /** The second in which a connection was last asked. */
  const lastSeconds = new Map<string, number>()
  let begun: RateAdvance | undefined

  /** What is much less would leave most of what was counted unused. */
  function find({ connection, tokens }: RateAmount, now: number): RateAdvance | undefined {
    const advance = advances.get(connection)
    const isFit =
      advance !== undefined &&
      advance.left > 0 &&
      advance.second === Math.floor(now / 1_000) &&
      tokens <= advance.tokens &&
      tokens * 2 >= advance.tokens
    return isFit ? advance : undefined
  }

  return {
    has: (amount: RateAmount, now: number): boolean => find(amount, now) !== undefined,
    use(amount: RateAmount, now: number): void {
      const advance = find(amount, now)
      if (advance !== undefined) advance.left -= 1
    },
    /** Counts the next requests if this one, which is counted, follows another closely; within its transaction. */
    follow(amount: RateAmount, settings: RateLimitSettings, now: number): void {
      const { connection, tokens } = amount
      const second = Math.floor(now / 1_000)
      begun = undefined
      const before = advances.get(connection)
      advances.delete(connection)
      if (before !== undefined && before.left > 0)
        database.run(change, -before.left, -before.left * before.tokens, connection, before.second)
      const isClose = lastSeconds.get(connection) === second
      lastSeconds.set(connection, second)
      if (!isClose || !isLittle(amount, settings, second)) return
      database.run(change, advanceRequests, advanceRequests * tokens, connection, second)
      begun = { ...amount, second, left: advanceRequests }
    },
    /** The transaction of the latest `follow` stands, or is undone. */
    end(stands: boolean): void {
      if (begun !== undefined && stands) advances.set(begun.connection, begun)
      begun = undefined
    },
  }
}
