import { minuteMs } from '../durations.js'
import type { Database } from '../ports.js'
import { type BudgetCounters, type CounterKey, isKey, keyValues } from './budgetCounters.js'
import { addStored } from './storedNumbers.js'

/** An amount to keep free in one counter, in its own unit. */
export interface Hold {
  readonly key: CounterKey
  readonly amount: number
  /** Absent where nothing is refused. */
  readonly limit?: number
}

/** Milliseconds after which a reservation that nobody renews is given back. */
export const reservationMs = 15 * minuteMs

const lapse = `UPDATE budget_counter SET reserved = max(0, reserved - (
  SELECT sum(amount) FROM budget_reservation WHERE counter_id = budget_counter.id AND expires_at <= ?))
WHERE id IN (SELECT counter_id FROM budget_reservation WHERE expires_at <= ?)`
const forgetLapsed = 'DELETE FROM budget_reservation WHERE expires_at <= ?'
const findNext = 'SELECT min(expires_at) AS at FROM budget_reservation'

/** What costs nothing fits into an exhausted budget, too. */
const reserve = `UPDATE budget_counter SET reserved = ${addStored('reserved', '?')}
WHERE ${isKey} AND (? = 0 OR spent + reserved + ? <= ?) RETURNING id`
const insert =
  'INSERT INTO budget_reservation (attempt_id, counter_id, amount, expires_at) VALUES (?, ?, ?, ?)'
const findReserved = 'SELECT counter_id, amount FROM budget_reservation WHERE attempt_id = ?'
const forget = 'DELETE FROM budget_reservation WHERE attempt_id = ?'
const giveBack = 'UPDATE budget_counter SET reserved = max(0, reserved - ?) WHERE id = ?'
const renew = 'UPDATE budget_reservation SET expires_at = ? WHERE attempt_id = ?'

export interface ReserveRequest {
  /** One text for each attempt, the same when it is settled. */
  readonly attemptId: string
  readonly holds: readonly Hold[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Thrown inside the transaction, so that everything before it is undone. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly hold: Hold

  constructor(hold: Hold) {
    super('A budget does not allow it.')
    this.hold = hold
  }
}

/** More than any sum; null would cost the statement a further condition. */
const anyAmount = Number.MAX_SAFE_INTEGER

export function createReservations(database: Database, counters: BudgetCounters) {
  /** Between these two times nothing lapses: what was reserved since the look lasts longer. */
  let lookedAt = Number.POSITIVE_INFINITY
  let lapsesAt = Number.NEGATIVE_INFINITY

  function giveLapsedBack(now: number): void {
    if (now >= lookedAt && now < lapsesAt) return
    const next = Number(database.get(findNext)?.['at'] ?? Number.POSITIVE_INFINITY)
    lookedAt = now
    lapsesAt = Math.min(next, now + reservationMs)
    if (next > now) return
    database.transaction(() => {
      database.run(lapse, now, now)
      database.run(forgetLapsed, now)
    })
  }

  /** The counter's id; undefined where there is none, or no room in it. */
  function hold({ key, amount, limit = anyAmount }: Hold): number | undefined {
    const counter = database.get(reserve, amount, ...keyValues(key), amount, amount, limit)
    return counter === undefined ? undefined : Number(counter['id'])
  }

  /** Within a transaction only. Throws Refused with the first hold that does not fit. */
  function take({ attemptId, holds, now }: ReserveRequest): void {
    for (const one of holds) {
      const counter = hold(one) ?? (counters.open(one.key) ? hold(one) : undefined)
      if (counter === undefined) throw new Refused(one)
      database.run(insert, attemptId, counter, one.amount, now + reservationMs)
    }
  }

  return {
    take,
    giveLapsedBack,
    /** All holds or none; the first one that does not fit is returned. */
    reserve(request: ReserveRequest): Hold | undefined {
      // By itself, so that it stays given back where the request is refused.
      giveLapsedBack(request.now)
      try {
        database.transaction(() => take(request))
        return undefined
      } catch (error) {
        if (error instanceof Refused) return error.hold
        throw error
      }
    },
    /** Gives back what is still reserved; nothing where it has lapsed or has been given back. Within a transaction only. */
    release(attemptId: string): void {
      const held = database.all(findReserved, attemptId)
      if (held.length === 0) return
      for (const row of held) database.run(giveBack, Number(row['amount']), Number(row['counter_id']))
      database.run(forget, attemptId)
    },
    renew(attemptId: string, now: number): void {
      database.run(renew, now + reservationMs, attemptId)
    },
  }
}
