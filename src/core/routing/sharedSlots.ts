import { minuteMs } from '../durations.js'
import { cancelled, isModelError, ModelError } from '../errors.js'
import type { Clock, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import { type RequestTickets, type Ticket, ticketMs } from './requestTickets.js'

/** Lets so many requests at once through to a connection, of all windows together, in the order in which they came. */
export interface SharedSlots extends Disposable {
  /** Disposed of when the request is over. Throws ModelError `overloaded`, or `cancelled`. */
  acquire(connection: string, signal: AbortSignal): Promise<Disposable>
}

export interface SharedSlotsOptions {
  readonly tickets: RequestTickets
  /** Requests at once; undefined for any number. */
  readonly limitOf: (connection: string) => number | undefined
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  /** Milliseconds that a request waits at most. */
  readonly waitLimitMs?: number
}

/** Milliseconds between two looks at the line. */
const lookMs = 250

/** Milliseconds for which a ticket is kept for this window's next request, if nobody waits: that one writes nothing. */
const spareMs = 1_000

const nothing: Disposable = { dispose() {} }

function tooLong(connection: string, limit: number, waitLimitMs: number): ModelError {
  const waited = Math.round(waitLimitMs / 1_000)
  return new ModelError({
    code: 'overloaded',
    message: `“${connection}” already runs ${limit} requests at once in all windows of VS Code, and none ended within ${waited} s. Wait, raise the connection’s limit, or choose another model.`,
    retryable: true,
  })
}

/** Tickets of requests that are over, by connection. */
function createSpares(options: SharedSlotsOptions, giveBack: (ticket: Ticket) => void) {
  const spares = new Set<Ticket>()
  const dropAll = (connection?: string): void => {
    for (const ticket of spares) {
      if (connection !== undefined && ticket.connection !== connection) continue
      spares.delete(ticket)
      giveBack(ticket)
    }
  }
  const timer = createTimer(options.clock, () => dropAll())
  return {
    dropAll,
    keep(ticket: Ticket): void {
      spares.add(ticket)
      timer.set(spareMs)
    },
    take(connection: string): Ticket | undefined {
      const found = [...spares].find((ticket) => ticket.connection === connection)
      if (found !== undefined) spares.delete(found)
      return found
    },
    dispose: () => timer.dispose(),
  }
}

/** This window's tickets; where the database fails, requests go on, for limits are to spare a provider, not to stop work. */
function createHeldTickets({ tickets, clock, log }: SharedSlotsOptions) {
  let held = 0
  let isFailing = false

  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      const reason = isModelError(error) ? error.message : 'The database failed.'
      if (!isFailing) log.warn(`Requests of other windows cannot be counted. ${reason}`)
      isFailing = true
      return undefined
    }
  }

  const renewal = createTimer(clock, () => {
    if (held === 0) return
    attempt(() => tickets.renew())
    renewal.set(ticketMs / 3)
  })
  return {
    /** 0 where nobody can know. */
    count: (connection: string): number => attempt(() => tickets.count(connection)) ?? 0,
    ahead: (ticket: Ticket): number => attempt(() => tickets.ahead(ticket)) ?? 0,
    take(connection: string): Ticket | undefined {
      const ticket = attempt(() => tickets.take(connection))
      if (ticket === undefined) return undefined
      isFailing = false
      if (held === 0) renewal.set(ticketMs / 3)
      held++
      return ticket
    },
    giveBack(ticket: Ticket): void {
      held--
      attempt(() => tickets.giveBack(ticket))
    },
    dispose(): void {
      renewal.dispose()
      if (held > 0) attempt(() => tickets.giveAllBack())
    },
  }
}

export function createSharedSlots(options: SharedSlotsOptions): SharedSlots {
  const { clock, waitLimitMs = minuteMs } = options
  const held = createHeldTickets(options)
  const spares = createSpares(options, (ticket) => held.giveBack(ticket))
  const limitOf = (connection: string): number => options.limitOf(connection) ?? Infinity

  /** Somebody waits, here or in another window. */
  const isCrowded = (connection: string): boolean => held.count(connection) > limitOf(connection)

  function createSlot(ticket: Ticket): Disposable {
    let isHeld = true
    return {
      dispose() {
        if (!isHeld) return
        isHeld = false
        if (!isCrowded(ticket.connection)) {
          spares.keep(ticket)
          return
        }
        spares.dropAll(ticket.connection)
        held.giveBack(ticket)
      },
    }
  }

  async function wait(ticket: Ticket, signal: AbortSignal): Promise<void> {
    const { connection } = ticket
    const since = clock.monotonic()
    while (held.ahead(ticket) >= limitOf(connection)) {
      if (clock.monotonic() - since >= waitLimitMs)
        throw tooLong(connection, limitOf(connection), waitLimitMs)
      await clock.sleep(lookMs, signal).catch(() => {
        throw cancelled(signal.reason)
      })
    }
  }

  return {
    async acquire(connection, signal) {
      if (limitOf(connection) === Infinity) return nothing
      if (isCrowded(connection)) spares.dropAll(connection)
      // Where nobody waits, whoever has a ticket may run.
      const spare = spares.take(connection)
      if (spare !== undefined) return createSlot(spare)
      const ticket = held.take(connection)
      if (ticket === undefined) return nothing
      try {
        await wait(ticket, signal)
      } catch (error) {
        held.giveBack(ticket)
        throw error
      }
      return createSlot(ticket)
    },
    dispose() {
      spares.dispose()
      held.dispose()
    },
  }
}
