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

/** What each request of an advance has in one counter. */
export interface AdvancedHold extends Hold {
  /** The counter's id. */
  readonly counter: number
}

/** Milliseconds after which a reservation that is not renewed has lost its window. */
export const reservationMs = 15 * minuteMs

/** What a lost window's attempts have used is known to their maker alone: it counts as spent. */
const lapse = `UPDATE budget_counter SET spent = ${addStored('spent', 'lost.amount')}, reserved = max(0, reserved - lost.amount)
FROM (SELECT counter_id, sum(amount) AS amount FROM budget_reservation
  WHERE lapsed = 0 AND expires_at <= ? GROUP BY counter_id) AS lost
WHERE id = lost.counter_id`
const markLapsed = 'UPDATE budget_reservation SET lapsed = 1 WHERE lapsed = 0 AND expires_at <= ?'
const findNext = 'SELECT min(expires_at) AS at FROM budget_reservation WHERE lapsed = 0'

/** What costs nothing fits into an exhausted budget, too. */
const reserve = `UPDATE budget_counter SET reserved = ${addStored('reserved', '?')}
WHERE ${isKey} AND (? = 0 OR spent + reserved + ? <= ?) RETURNING id`
const insert =
  'INSERT INTO budget_reservation (attempt_id, counter_id, amount, expires_at) VALUES (?, ?, ?, ?)'
const findReserved = 'SELECT counter_id, amount, lapsed FROM budget_reservation WHERE attempt_id = ?'
const forget = 'DELETE FROM budget_reservation WHERE attempt_id = ?'
const giveBack = 'UPDATE budget_counter SET reserved = max(0, reserved - ?) WHERE id = ?'
const takeBack = 'UPDATE budget_counter SET spent = max(0, spent - ?) WHERE id = ?'
const lower =
  'UPDATE budget_reservation SET amount = amount - ? WHERE attempt_id = ? AND counter_id = ? RETURNING lapsed'
const renew = 'UPDATE budget_reservation SET expires_at = ? WHERE attempt_id = ? AND lapsed = 0'

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

/** Counts as spent what lost windows have reserved. */
function createLapse(database: Database, hasJumped: () => boolean) {
  /** Between these two times nothing lapses: what was reserved since the look lasts longer. */
  let lookedAt = Number.POSITIVE_INFINITY
  let lapsesAt = Number.NEGATIVE_INFINITY

  return (now: number): void => {
    if (hasJumped() || (now >= lookedAt && now < lapsesAt)) return
    const next = Number(database.get(findNext)?.['at'] ?? Number.POSITIVE_INFINITY)
    lookedAt = now
    lapsesAt = Math.min(next, now + reservationMs)
    if (next > now) return
    database.transaction(() => {
      database.run(lapse, now)
      database.run(markLapsed, now)
    })
  }
}

/** The counter's id; undefined where there is none, or no room in it. */
function holdIn(database: Database, { key, amount, limit = anyAmount }: Hold): number | undefined {
  const counter = database.get(reserve, amount, ...keyValues(key), amount, amount, limit)
  return counter === undefined ? undefined : Number(counter['id'])
}

/** One reservation for several requests to come. */
function createAhead(database: Database, counters: BudgetCounters) {
  const isLittle = ({ key, amount, limit }: Hold, requests: number): boolean => {
    const count = counters.read(key)
    return limit === undefined || amount * requests <= (limit - count.spent - count.reserved) / 100
  }

  function holdAhead({ attemptId, now }: ReserveRequest, one: Hold, requests: number): AdvancedHold {
    const amount = one.amount * requests
    const counter = holdIn(database, { key: one.key, amount })
    if (counter === undefined) throw new Refused(one)
    database.run(insert, attemptId, counter, amount, now + reservationMs)
    return { ...one, counter }
  }

  return {
    /**
     * As much again for `requests` more, if that is at most a hundredth of what each limit has left; undefined if it is
     * not. Within the transaction that has opened the counters.
     */
    takeAhead(request: ReserveRequest, requests: number): readonly AdvancedHold[] | undefined {
      if (!request.holds.every((one) => isLittle(one, requests))) return undefined
      return request.holds.map((one) => holdAhead(request, one, requests))
    },
    /** Gives back a part of what is reserved. Within a transaction only. */
    lower(attemptId: string, counter: number, amount: number): void {
      const row = database.get(lower, amount, attemptId, counter)
      if (row !== undefined) database.run(row['lapsed'] === 1 ? takeBack : giveBack, amount, counter)
    },
  }
}

/**
 * Reservations of all windows. `hasJumped`: until other windows have had the time to renew theirs by a clock that has been
 * set, or after a sleep, none is taken for lost.
 */
export function createReservations(
  database: Database,
  counters: BudgetCounters,
  hasJumped: () => boolean = () => false,
) {
  const countLapsed = createLapse(database, hasJumped)

  /** Within a transaction only. Throws Refused with the first hold that does not fit. */
  function take({ attemptId, holds, now }: ReserveRequest): void {
    for (const one of holds) {
      const counter = holdIn(database, one) ?? (counters.open(one.key) ? holdIn(database, one) : undefined)
      if (counter === undefined) throw new Refused(one)
      database.run(insert, attemptId, counter, one.amount, now + reservationMs)
    }
  }

  return {
    take,
    ...createAhead(database, counters),
    /** Counts as spent what lost windows have reserved. Before anything is refused or shown. */
    countLapsed,
    /** All holds or none; the first one that does not fit is returned. */
    reserve(request: ReserveRequest): Hold | undefined {
      // By itself, so that it stays counted if the request is refused.
      countLapsed(request.now)
      try {
        database.transaction(() => take(request))
        return undefined
      } catch (error) {
        if (error instanceof Refused) return error.hold
        throw error
      }
    },
    /** Gives back what is reserved, or counted as spent since it lapsed. Within a transaction only. */
    release(attemptId: string): void {
      const held = database.all(findReserved, attemptId)
      if (held.length === 0) return
      for (const { amount, counter_id, lapsed } of held)
        database.run(lapsed === 1 ? takeBack : giveBack, Number(amount), Number(counter_id))
      database.run(forget, attemptId)
    },
    renew(attemptId: string, now: number): void {
      database.run(renew, now + reservationMs, attemptId)
    },
  }
}

export type Reservations = ReturnType<typeof createReservations>
