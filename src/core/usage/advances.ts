import type { Clock, Database, Disposable } from '../ports.js'
import { createTimer } from '../timer.js'
import { isSameCounter } from './budgetCounters.js'
import type { ReservationRenewal } from './reservationRenewal.js'
import type { AdvancedHold, Hold, Reservations } from './reservations.js'

/** Requests for which one transaction reserves ahead. */
export const advanceRequests = 16
/** Milliseconds within which a request follows another closely; what was reserved ahead is given back so long after. */
export const advanceMs = 250

/** What one reservation holds for requests to come, and for those of them that are under way. */
export interface Advance {
  readonly id: string
  readonly holds: readonly AdvancedHold[]
  /** Requests that may still begin. */
  left: number
  /** Requests that are not settled yet. */
  under: number
}

export interface AdvancesOptions {
  readonly database: Pick<Database, 'transaction'>
  readonly reservations: Reservations
  readonly renewal: ReservationRenewal
  readonly clock: Pick<Clock, 'alarm' | 'monotonic'>
  readonly createId: () => string
}

/**
 * Reservations for requests that follow one another closely: one transaction reserves for the next ones, too, which then
 * wait for no disk. An advance is at most a hundredth of what a budget has left, so that no other window misses it, and
 * lasts a quarter of a second. One whose window is killed lapses as every reservation does, and counts as spent.
 */
export interface Advances extends Disposable {
  /** One request's share of what was reserved ahead; undefined if there is none that covers it. */
  use(holds: readonly Hold[]): Advance | undefined
  /** Reserves for the next ones if this request followed another closely; within its transaction. */
  follow(holds: readonly Hold[], now: number): void
  /** The transaction of the latest `follow` stands. */
  stands(): void
  /** A request of the advance has ended without a record: the next one may have its share. */
  giveBack(advance: Advance): void
  /** Gives a request's share back to the counters; within the ledger's transaction. */
  settle(advance: Advance): void
  /** The transaction of `settle` stands. */
  settled(advance: Advance): void
  /** Gives back what no request has used; false if nothing was. */
  close(): boolean
  readonly isEmpty: boolean
}

function covers(advance: Advance, holds: readonly Hold[]): boolean {
  return (
    advance.left > 0 &&
    areAlike(advance.holds, holds) &&
    holds.every(({ amount }, index) => amount <= (advance.holds[index]?.amount ?? 0))
  )
}

function areAlike(some: readonly Hold[], others: readonly Hold[]): boolean {
  const isAlike = ({ key }: Hold, other: Hold | undefined): boolean =>
    other !== undefined && isSameCounter(key, other.key)
  return some.length === others.length && some.every((one, index) => isAlike(one, others[index]))
}

/** Whether requests for the same counters follow one another closely. */
function createPace(clock: Pick<Clock, 'monotonic'>) {
  let last: { readonly holds: readonly Hold[]; readonly at: number } | undefined
  return (holds: readonly Hold[]): boolean => {
    const at = clock.monotonic()
    const isClose = last !== undefined && at - last.at < advanceMs && areAlike(last.holds, holds)
    last = { holds, at }
    return isClose
  }
}

/** Advances that hold something, and the way back of what no request has used. */
function createHeld({ database, reservations, renewal }: AdvancesOptions) {
  const held = new Set<Advance>()

  /** Within a transaction only. */
  function lower(advance: Advance, requests: number): void {
    for (const { counter, amount } of advance.holds)
      reservations.lower(advance.id, counter, amount * requests)
  }

  /** Its row goes once nothing is left of it. */
  function endIfOver(advance: Advance): void {
    if (advance.left + advance.under === 0 && held.delete(advance)) renewal.giveBack(advance.id)
  }

  const unused = (): readonly Advance[] => [...held].filter(({ left }) => left > 0)

  /** False if nothing is unused, or a locked database keeps it from being given back. */
  function returnUnused(): boolean {
    const returned = unused()
    if (returned.length === 0) return false
    try {
      database.transaction(() => {
        for (const advance of returned) lower(advance, advance.left)
      })
    } catch {
      return false
    }
    for (const advance of returned) {
      advance.left = 0
      endIfOver(advance)
    }
    return true
  }

  return { held, lower, endIfOver, returnUnused, hasUnused: () => unused().length > 0 }
}

export function createAdvances(options: AdvancesOptions): Advances {
  const { reservations, renewal, clock, createId } = options
  const isClose = createPace(clock)
  const { held, lower, endIfOver, returnUnused, hasUnused } = createHeld(options)
  let begun: Advance | undefined
  const timer = createTimer(clock, () => {
    if (!returnUnused() && hasUnused()) timer.set(advanceMs)
  })
  return {
    get isEmpty() {
      return held.size === 0
    },
    use(holds) {
      for (const advance of held) {
        if (!covers(advance, holds)) continue
        advance.left -= 1
        advance.under += 1
        return advance
      }
      return undefined
    },
    follow(holds, now) {
      begun = undefined
      if (!isClose(holds)) return
      const id = createId()
      const taken = reservations.takeAhead({ attemptId: id, holds, now }, advanceRequests)
      if (taken === undefined) return
      begun = { id, holds: taken, left: advanceRequests, under: 0 }
    },
    stands() {
      if (begun === undefined) return
      held.add(begun)
      renewal.add(begun.id)
      begun = undefined
      timer.set(advanceMs)
    },
    giveBack(advance) {
      advance.under -= 1
      advance.left += 1
      timer.set(advanceMs)
    },
    settle: (advance) => lower(advance, 1),
    settled(advance) {
      advance.under -= 1
      endIfOver(advance)
    },
    close: returnUnused,
    dispose() {
      timer.dispose()
      returnUnused()
    },
  }
}
