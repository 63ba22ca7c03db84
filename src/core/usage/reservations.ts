import { minuteMs } from '../durations.js'
import type { Database } from '../ports.js'
import type { BudgetCounters, CounterKey } from './budgetCounters.js'

/** An amount to keep free in one counter, in its own unit. */
export interface Hold {
  readonly key: CounterKey
  readonly amount: number
  /** Absent where nothing is refused. */
  readonly limit?: number
}

/** Milliseconds after which a reservation that nobody renews is given back. */
export const reservationMs = 15 * minuteMs

const lapse = `UPDATE budget_counter SET reserved = reserved - (
  SELECT sum(amount) FROM budget_reservation WHERE counter_id = budget_counter.id AND expires_at <= ?)
WHERE id IN (SELECT counter_id FROM budget_reservation WHERE expires_at <= ?)`
const forgetLapsed = 'DELETE FROM budget_reservation WHERE expires_at <= ?'
const findLapsed = 'SELECT 1 FROM budget_reservation WHERE expires_at <= ? LIMIT 1'

/** What costs nothing fits into an exhausted budget, too. */
const reserve = `UPDATE budget_counter SET reserved = reserved + ?1
WHERE id = ?2 AND (?1 = 0 OR ?3 IS NULL OR spent + reserved + ?1 <= ?3)`
const insert =
  'INSERT INTO budget_reservation (attempt_id, counter_id, amount, expires_at) VALUES (?, ?, ?, ?)'
const release = 'DELETE FROM budget_reservation WHERE attempt_id = ? RETURNING counter_id, amount'
const giveBack = 'UPDATE budget_counter SET reserved = reserved - ? WHERE id = ?'
const renew = 'UPDATE budget_reservation SET expires_at = ? WHERE attempt_id = ?'

export interface ReserveRequest {
  /** One text for each attempt, the same when it is settled. */
  readonly attemptId: string
  readonly holds: readonly Hold[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Thrown inside the transaction, so that everything before it is undone. */
class Refused extends Error {
  override readonly name = 'Refused'
  readonly hold: Hold

  constructor(hold: Hold) {
    super('A budget does not allow it.')
    this.hold = hold
  }
}

export function createReservations(database: Database, counters: BudgetCounters) {
  function giveLapsedBack(now: number): void {
    if (database.get(findLapsed, now) === undefined) return
    database.transaction(() => {
      database.run(lapse, now, now)
      database.run(forgetLapsed, now)
    })
  }

  function take({ attemptId, holds, now }: ReserveRequest): void {
    for (const hold of holds) {
      const counter = counters.open(hold.key)
      const { changes } = database.run(reserve, hold.amount, counter, hold.limit ?? null)
      if (changes === 0) throw new Refused(hold)
      database.run(insert, attemptId, counter, hold.amount, now + reservationMs)
    }
  }

  return {
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
    /** Gives back what is still reserved; nothing where it has lapsed or has been given back. */
    release(attemptId: string): void {
      for (const row of database.all(release, attemptId)) {
        database.run(giveBack, Number(row['amount']), Number(row['counter_id']))
      }
    },
    renew(attemptId: string, now: number): void {
      database.run(renew, now + reservationMs, attemptId)
    },
  }
}
