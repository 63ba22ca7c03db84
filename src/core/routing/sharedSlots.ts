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

/** Milliseconds between two looks at the line: of those who wait, and of those who keep or use tickets again. */
const lookMs = 50

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

interface SparesOptions extends Pick<SharedSlotsOptions, 'clock'> {
  /** Somebody waits, here or in another window. */
  readonly isCrowded: (connection: string) => boolean
  readonly giveBack: (ticket: Ticket) => void
}

/** Tickets of requests that are over. A request that ends looks at nothing: the timer does, for all that ended lately. */
function createSpares({ clock, isCrowded, giveBack }: SparesOptions) {
  const spares = new Set<Ticket>()
  let keptAt = 0
  let isLooking = false

  function drop(isMeant: (ticket: Ticket) => boolean): void {
    for (const ticket of spares) {
      if (!isMeant(ticket)) continue
      spares.delete(ticket)
      giveBack(ticket)
    }
  }

  function look(): void {
    isLooking = false
    const isOld = clock.monotonic() - keptAt >= spareMs
    const crowded = new Set([...spares].map(({ connection }) => connection).filter(isCrowded))
    drop(({ connection }) => isOld || crowded.has(connection))
    lookLater()
  }

  const timer = createTimer(clock, look)
  function lookLater(): void {
    if (isLooking || spares.size === 0) return
    isLooking = true
    timer.set(lookMs)
  }

  return {
    dropAll: (connection: string): void => drop((ticket) => ticket.connection === connection),
    keep(ticket: Ticket): void {
      spares.add(ticket)
      keptAt = clock.monotonic()
      lookLater()
    },
    take(connection: string): Ticket | undefined {
      for (const ticket of spares) {
        if (ticket.connection !== connection) continue
        spares.delete(ticket)
        return ticket
      }
      return undefined
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

/** Whether somebody waits, here or in another window; to know that lately is enough to use a ticket again. */
function createCrowdWatch(clock: Pick<Clock, 'monotonic'>, look: (connection: string) => boolean) {
  const looks = new Map<string, { readonly at: number; readonly isCrowded: boolean }>()
  return {
    isCrowded(connection: string): boolean {
      const isCrowded = look(connection)
      looks.set(connection, { at: clock.monotonic(), isCrowded })
      return isCrowded
    },
    isKnownCrowded: (connection: string): boolean => looks.get(connection)?.isCrowded === true,
    isKnownQuiet(connection: string): boolean {
      const known = looks.get(connection)
      return known?.isCrowded === false && clock.monotonic() - known.at < lookMs
    },
  }
}

interface LineOptions extends Pick<SharedSlotsOptions, 'clock' | 'waitLimitMs'> {
  readonly ahead: (ticket: Ticket) => number
  readonly limitOf: (connection: string) => number
}

/** Waits until so few are ahead that the ticket's request may run. Throws ModelError `overloaded`, or `cancelled`. */
function createLine({ clock, waitLimitMs = minuteMs, ahead, limitOf }: LineOptions) {
  return async (ticket: Ticket, signal: AbortSignal): Promise<void> => {
    const { connection } = ticket
    const since = clock.monotonic()
    while (ahead(ticket) >= limitOf(connection)) {
      if (clock.monotonic() - since >= waitLimitMs)
        throw tooLong(connection, limitOf(connection), waitLimitMs)
      await clock.sleep(lookMs, signal).catch(() => {
        throw cancelled(signal.reason)
      })
    }
  }
}

export function createSharedSlots(options: SharedSlotsOptions): SharedSlots {
  const { clock } = options
  const held = createHeldTickets(options)
  const limitOf = (connection: string): number => options.limitOf(connection) ?? Infinity
  const crowds = createCrowdWatch(clock, (connection) => held.count(connection) > limitOf(connection))
  const spares = createSpares({
    clock,
    isCrowded: (connection) => crowds.isCrowded(connection),
    giveBack: (ticket) => held.giveBack(ticket),
  })
  const wait = createLine({ ...options, ahead: (ticket) => held.ahead(ticket), limitOf })

  function createSlot(ticket: Ticket): Disposable {
    let isHeld = true
    return {
      dispose() {
        if (!isHeld) return
        isHeld = false
        const { connection } = ticket
        if (!crowds.isKnownCrowded(connection) || !crowds.isCrowded(connection)) {
          spares.keep(ticket)
          return
        }
        spares.dropAll(connection)
        held.giveBack(ticket)
      },
    }
  }

  return {
    async acquire(connection, signal) {
      if (limitOf(connection) === Infinity) return nothing
      if (!crowds.isKnownQuiet(connection) && crowds.isCrowded(connection)) spares.dropAll(connection)
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
