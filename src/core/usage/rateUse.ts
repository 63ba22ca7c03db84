import type { Database } from '../ports.js'
import { createRateAdvances } from './rateAdvances.js'
import { addStored, readStored } from './storedNumbers.js'

/** What the user allows a connection in any sixty seconds. */
export interface RateLimitSettings {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
}

/** What one request takes. */
export interface RateAmount {
  readonly connection: string
  readonly tokens: number
}

/** A limit that holds a request back, and when it may let it through: milliseconds since the epoch. */
export interface RateRefusal {
  readonly unit: 'requests' | 'tokens'
  readonly limit: number
  readonly until: number
}

const noLimit = Number.MAX_SAFE_INTEGER

/** Whole seconds are counted, so a minute is one second longer. */
const windowSeconds = 60

const recent = `SELECT second, requests, ${readStored('tokens')} AS tokens FROM rate_use
WHERE connection = ? AND second >= ? AND second <= ? ORDER BY second`
const sumUse = `SELECT total(requests) AS requests, total(tokens) AS tokens FROM rate_use
WHERE connection = ? AND second >= ? AND second <= ?`
const onceMore = `ON CONFLICT DO UPDATE SET requests = requests + 1, tokens = ${addStored('tokens', 'excluded.tokens')}`
const add = `INSERT INTO rate_use (connection, second, requests, tokens) VALUES (?, ?, 1, ?) ${onceMore}`
/**
 * Most minutes have room: one statement finds that out and takes it. What is older than a second is summed once a second
 * and taken from the limits; another window's clock may be a moment ahead or behind.
 */
const addWhereRoom = `INSERT INTO rate_use (connection, second, requests, tokens)
SELECT ?1, ?2, 1, ?3 FROM (SELECT total(requests) AS requests, total(tokens) AS tokens FROM rate_use
  WHERE connection = ?1 AND second BETWEEN ?2 - 1 AND ?2 + 1)
WHERE requests + 1 <= ?4 AND tokens + ?3 <= ?5 ${onceMore}`
/** What lies in the future was written before the clock was put back. */
const forget = 'DELETE FROM rate_use WHERE connection = ? AND (second < ? OR second > ?)'
const correct =
  'UPDATE rate_use SET tokens = max(0, tokens + CAST(? AS INTEGER)) WHERE connection = ? AND second = ?'

interface Second {
  readonly second: number
  readonly requests: number
  readonly tokens: number
}

interface Demand {
  readonly unit: 'requests' | 'tokens'
  readonly limit: number | undefined
  readonly amount: number
}

function findRefusal(seconds: readonly Second[], { unit, limit, amount }: Demand): RateRefusal | undefined {
  if (limit === undefined) return undefined
  const used = seconds.reduce((sum, one) => sum + one[unit], 0)
  // What is larger than the whole limit goes alone, or it would never go.
  if (used === 0 || used + amount <= limit) return undefined
  let excess = used + amount - limit
  let until = 0
  for (const one of seconds) {
    excess -= one[unit]
    until = (one.second + windowSeconds + 1) * 1_000
    if (excess <= 0) break
  }
  return { unit, limit, until }
}

/** What was used in the last minute, and what that refuses. */
function createRateReader(database: Database) {
  function readSeconds(connection: string, now: number): readonly Second[] {
    const second = Math.floor(now / 1_000)
    // Another window's clock may be read a moment later.
    const rows = database.all(recent, connection, second - windowSeconds, second + 1)
    return rows.map((row) => ({
      second: Number(row['second']),
      requests: Number(row['requests']),
      tokens: Number(row['tokens']),
    }))
  }

  /** Most minutes have room, which their sums say sooner than their seconds. */
  function hasRoom({ connection, tokens }: RateAmount, settings: RateLimitSettings, now: number): boolean {
    const second = Math.floor(now / 1_000)
    const used = database.get(sumUse, connection, second - windowSeconds, second + 1)
    const { requestsPerMinute = noLimit, tokensPerMinute = noLimit } = settings
    const fits = (unit: 'requests' | 'tokens', amount: number, limit: number): boolean =>
      Number(used?.[unit] ?? 0) + amount <= limit
    return fits('requests', 1, requestsPerMinute) && fits('tokens', tokens, tokensPerMinute)
  }

  function look(amount: RateAmount, settings: RateLimitSettings, now: number): RateRefusal | undefined {
    if (hasRoom(amount, settings, now)) return undefined
    const seconds = readSeconds(amount.connection, now)
    const refusals = [
      findRefusal(seconds, { unit: 'requests', limit: settings.requestsPerMinute, amount: 1 }),
      findRefusal(seconds, { unit: 'tokens', limit: settings.tokensPerMinute, amount: amount.tokens }),
    ].filter((refusal) => refusal !== undefined)
    return refusals.toSorted((a, b) => b.until - a.until)[0]
  }

  return look
}

/** Requests and tokens per minute, counted in seconds that all windows share. */
export function createRateUse(database: Database) {
  const look = createRateReader(database)
  /** What was used before the last second, as it was read in this one. */
  const older = new Map<string, Second>()
  const advances = createRateAdvances(database, windowSeconds)

  /** Whatever a correction has changed since is found out where it would refuse somebody. */
  function readOlder(connection: string, second: number): Second {
    const known = older.get(connection)
    if (known?.second === second) return known
    database.run(forget, connection, second - windowSeconds, second + 1)
    const row = database.get(sumUse, connection, second - windowSeconds, second - 2)
    const found = { second, requests: Number(row?.['requests'] ?? 0), tokens: Number(row?.['tokens'] ?? 0) }
    older.set(connection, found)
    return found
  }

  return {
    /** Reads only. */
    look,
    advances,
    /** Within a transaction only: takes the amount, or says what holds it back. */
    take(amount: RateAmount, settings: RateLimitSettings, now: number): RateRefusal | undefined {
      const { connection, tokens } = amount
      const { requestsPerMinute = noLimit, tokensPerMinute = noLimit } = settings
      const second = Math.floor(now / 1_000)
      const used = readOlder(connection, second)
      const [requests, room] = [requestsPerMinute - used.requests, tokensPerMinute - used.tokens]
      if (database.run(addWhereRoom, connection, second, tokens, requests, room).changes > 0) {
        advances.follow(amount, settings, now)
        return undefined
      }
      const refusal = look(amount, settings, now)
      // What is larger than the whole limit goes alone.
      if (refusal === undefined) database.run(add, connection, second, tokens)
      return refusal
    },
    /** Adds what an attempt used beyond what was taken for it at that time; less than nothing gives back. */
    correct(connection: string, takenAt: number, tokens: number): void {
      database.run(correct, Math.round(tokens), connection, Math.floor(takenAt / 1_000))
    },
  }
}
