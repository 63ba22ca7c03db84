import { dayMs, hourMs } from '../durations.js'
import type { Database } from '../ports.js'
import type { LimitedUnit, RateLimits } from '../rateLimits.js'

/** What one request takes of each unit. */
export type StatedAmount = Readonly<Record<LimitedUnit, number>>

export interface StatedRefusal {
  readonly unit: LimitedUnit | 'pause'
  /** Milliseconds since the epoch. */
  readonly until: number
}

const state = `INSERT INTO stated_limit (model, unit, window, stated_at, remaining, amount_limit, resets_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET stated_at = excluded.stated_at, remaining = excluded.remaining,
  amount_limit = excluded.amount_limit, resets_at = excluded.resets_at
WHERE excluded.stated_at >= stated_at OR stated_at > ? + ${hourMs}`
const selectStanding =
  'SELECT unit, remaining, amount_limit, resets_at FROM stated_limit WHERE model = ? AND resets_at > ?'
const limited = 'SELECT DISTINCT model FROM stated_limit WHERE resets_at > ?'
const use = `UPDATE stated_limit SET remaining = remaining - CASE unit
WHEN 'requests' THEN ? WHEN 'tokens' THEN ? WHEN 'inputTokens' THEN ? WHEN 'outputTokens' THEN ? ELSE 0 END
WHERE model = ?`

const units: readonly LimitedUnit[] = ['requests', 'tokens', 'inputTokens', 'outputTokens']

/** No provider's word is believed for longer than this; in milliseconds. */
const longestMs = dayMs

/** Milliseconds until what another window has heard of a model without limits is heard here. */
const believedForMs = 100

interface Standing {
  readonly unit: string
  readonly remaining: number
  readonly limit: number | undefined
  readonly until: number
}

/** What does not fit into the whole limit is for the provider to refuse. */
function holdsBack({ unit, remaining, limit }: Standing, amount: StatedAmount): boolean {
  if (unit === 'pause') return true
  const known = units.find((name) => name === unit)
  if (known === undefined) return false
  if (remaining < 1) return true
  return amount[known] > remaining && (limit === undefined || amount[known] <= limit)
}

/**
 * The limits that providers state in their answers, by `connection/id`, shared by all windows. A statement of the future was
 * made before the clock was put back, and is replaced.
 */
export function createStatedLimits(database: Database) {
  /** When models had no limits; milliseconds since the epoch. */
  const quiet = new Map<string, number>()

  function readStanding(model: string, now: number): readonly Standing[] {
    const quietFor = now - (quiet.get(model) ?? Number.NEGATIVE_INFINITY)
    if (quietFor >= 0 && quietFor < believedForMs) return []
    const standing = readRows(model, now)
    if (standing.length === 0) quiet.set(model, now)
    return standing
  }

  function readRows(model: string, now: number): readonly Standing[] {
    return database.all(selectStanding, model, now).map((row) => ({
      unit: String(row['unit']),
      remaining: Number(row['remaining']),
      limit: row['amount_limit'] === null ? undefined : Number(row['amount_limit']),
      until: Number(row['resets_at']),
    }))
  }

  function write(model: string, limits: RateLimits): void {
    const { at } = limits
    quiet.delete(model)
    const until = (ms: number): number => at + Math.min(ms, longestMs)
    for (const { unit, window = '', limit, remaining, resetMs } of limits.limits) {
      if (remaining === undefined || resetMs === undefined) continue
      database.run(state, model, unit, window, at, remaining, limit ?? null, until(resetMs), at)
    }
    if (limits.retryAfterMs === undefined) return
    database.run(state, model, 'pause', '', at, 0, null, until(limits.retryAfterMs), at)
  }

  return {
    /** Keeps what an answer says; an older answer changes nothing that a newer one has said. */
    state: (model: string, limits: RateLimits): void => database.transaction(() => write(model, limits)),
    /** The models that have limits that still hold. */
    models: (now: number): ReadonlySet<string> =>
      new Set(database.all(limited, now).map((row) => String(row['model']))),
    /** What still holds for a model. */
    standing: readStanding,
    /** What holds a request back for the longest. */
    find(standing: readonly Standing[], amount: StatedAmount): StatedRefusal | undefined {
      if (standing.length === 0) return undefined
      const found = standing.filter((one) => holdsBack(one, amount))
      const longest = found.toSorted((a, b) => b.until - a.until)[0]
      if (longest === undefined) return undefined
      return { unit: units.find((name) => name === longest.unit) ?? 'pause', until: longest.until }
    },
    /** Counts a request against what was said to be left. */
    use(model: string, amount: StatedAmount): void {
      database.run(use, ...units.map((unit) => amount[unit]), model)
    },
  }
}
