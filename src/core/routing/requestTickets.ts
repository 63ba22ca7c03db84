import type { Clock, Database } from '../ports.js'
import { createDeferredWrites } from '../storage/deferredWrites.js'
import { createJumpWatch } from './clockJumps.js'

/** A place in the line of a connection, for all windows. */
export interface Ticket {
  readonly connection: string
  readonly number: number
}

/** The lines of all connections, as they stand in the database. Throws ModelError `not-saved` or `forbidden`. */
export interface RequestTickets {
  take(connection: string): Ticket
  /** How many stand before it, running ones too. */
  ahead(ticket: Ticket): number
  /** How many tickets there are of the connection. */
  count(connection: string): number
  giveBack(ticket: Ticket): void
  /** All of this window's, so that they are not taken for a lost window's. */
  renew(): void
  /** All of this window's. */
  giveAllBack(): void
}

/** Milliseconds after which a window that does not renew its tickets has lost them. */
export const ticketMs = 30_000

/** What expires later than any clock would have it was told by a clock that has been put back since. */
const isLive = 'expires_at > ?2 AND expires_at <= ?3'
const forgetLost = `DELETE FROM request_ticket WHERE connection = ?1 AND NOT (${isLive})`
const insert = 'INSERT INTO request_ticket (connection, owner, expires_at) VALUES (?, ?, ?)'
const countAhead = `SELECT count(*) AS tickets FROM request_ticket WHERE connection = ?1 AND ${isLive} AND number < ?4`
const countAll = `SELECT count(*) AS tickets FROM request_ticket WHERE connection = ?1 AND ${isLive}`
const remove = 'DELETE FROM request_ticket WHERE number = ?'
const renew = 'UPDATE request_ticket SET expires_at = ? WHERE owner = ?'
const removeAll = 'DELETE FROM request_ticket WHERE owner = ?'

export interface RequestTicketsOptions {
  readonly database: Database
  /** This window's name, which no other has. */
  readonly owner: string
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

export function createRequestTickets({ database, owner, clock }: RequestTicketsOptions): RequestTickets {
  const now = (): number => Math.trunc(clock.now())
  const write = createDeferredWrites(database)
  const hasJumped = createJumpWatch(clock, ticketMs)
  const live = (connection: string) => {
    // Until others have had the time to renew theirs by the new clock, none is taken for lost.
    if (hasJumped()) return [connection, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const
    return [connection, now(), now() + 2 * ticketMs] as const
  }
  return {
    take: (connection) =>
      database.transaction(() => {
        database.run(forgetLost, ...live(connection))
        const { lastInsertRowid } = database.run(insert, connection, owner, now() + ticketMs)
        return { connection, number: lastInsertRowid }
      }),
    ahead: ({ connection, number }) =>
      Number(database.get(countAhead, ...live(connection), number)?.['tickets']),
    count: (connection) => Number(database.get(countAll, ...live(connection))?.['tickets']),
    giveBack: ({ number }) => write(() => database.run(remove, number)),
    renew: () => void database.run(renew, now() + ticketMs, owner),
    giveAllBack: () => void database.run(removeAll, owner),
  }
}
