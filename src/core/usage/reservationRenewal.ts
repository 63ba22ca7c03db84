import { minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import type { Clock, Database, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import type { Reservations } from './reservations.js'

/** Milliseconds between two renewals of what this window has reserved. */
export const renewEveryMs = minuteMs

export interface RenewalOptions {
  readonly database: Database
  readonly reservations: Reservations
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'alarm'>
  readonly log: Pick<Log, 'warn'>
}

/** Keeps what this window has reserved for as long as its attempts take, however long they say nothing. */
export interface ReservationRenewal extends Disposable {
  add(attemptId: string): void
  /** The ledger has settled it. */
  drop(attemptId: string): void
  /** Nothing was asked: what is reserved is given back, now or as soon as the database allows it. */
  giveBack(attemptId: string): void
}

/** Whether a transaction stands; one that fails is tried again with the next renewal. */
function createAttempts({ database, log }: RenewalOptions) {
  return (work: () => void, complaint: string): boolean => {
    try {
      database.transaction(work)
      return true
    } catch (error) {
      log.warn(`${complaint} ${isModelError(error) ? error.message : 'The database failed.'}`)
      return false
    }
  }
}

export function createReservationRenewal(options: RenewalOptions): ReservationRenewal {
  const { reservations, clock } = options
  const attempt = createAttempts(options)
  const live = new Set<string>()
  const unneeded = new Set<string>()
  let isOver = false

  function giveUnneededBack(): void {
    if (unneeded.size === 0) return
    const isDone = attempt(() => {
      for (const id of unneeded) reservations.release(id)
    }, 'Reservations could not be given back yet.')
    if (isDone) unneeded.clear()
  }

  const timer = createTimer(clock, () => {
    giveUnneededBack()
    if (live.size > 0)
      attempt(() => {
        for (const id of live) reservations.renew(id, clock.now())
      }, 'Reservations could not be renewed.')
    schedule()
  })

  /** Runs while there is something to do, and no longer. */
  function schedule(): void {
    timer.set(!isOver && live.size + unneeded.size > 0 ? renewEveryMs : undefined)
  }

  function drop(attemptId: string): void {
    if (live.delete(attemptId) && live.size + unneeded.size === 0) schedule()
  }

  return {
    add(attemptId) {
      live.add(attemptId)
      if (live.size === 1 && unneeded.size === 0) schedule()
    },
    drop,
    giveBack(attemptId) {
      live.delete(attemptId)
      unneeded.add(attemptId)
      giveUnneededBack()
      schedule()
    },
    /** What is still reserved lapses, and counts as spent. */
    dispose() {
      isOver = true
      timer.dispose()
    },
  }
}
