import { type AbortRace, createAbortRace } from '../abortRace.js'
import { cancelled } from '../errors.js'
import type { EagerIterator } from '../relay.js'

export interface FlightPlan<T> {
  /** Begins the run. */
  open(signal: AbortSignal): AsyncIterable<T>
  /** Told of each item as it comes. */
  see?(item: T): void
  /** Told of all items once they are there, also where nobody waited for more; not of a run that failed. */
  keep?(items: readonly T[]): void
}

export interface Flights<T> {
  /** Whether a run of this key is under way. */
  has(key: string): boolean
  /** Joins the run that is under way from its first item on, or starts one. */
  join(key: string, plan: FlightPlan<T>, signal: AbortSignal): AsyncGenerator<T>
  /** Starts a run in any case; whoever joins later joins this one. */
  start(key: string, plan: FlightPlan<T>, signal: AbortSignal): AsyncGenerator<T>
}

interface Flight<T> {
  readonly items: T[]
  readonly plan: FlightPlan<T>
  readonly source: EagerIterator<T>
  readonly stop: AbortController
  readers: number
  /** The read of the next item that is under way. */
  pulling: Promise<void> | undefined
  end: 'none' | 'done' | { readonly error: unknown }
}

/**
 * One run for all who want the same at the same time. Items are read when the first reader wants them, and with each what
 * is there already; the run ends
 * when its last reader leaves, whoever has started it.
 */
export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>()

  /** One that has failed is nobody's hope, though somebody may still be reading it. */
  function current(key: string): Flight<T> | undefined {
    const flight = flights.get(key)
    return typeof flight?.end === 'object' ? undefined : flight
  }

  function forget(key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  async function* read(key: string, flight: Flight<T>, signal: AbortSignal): AsyncGenerator<T> {
    const race = createAbortRace(signal)
    flight.readers++
    try {
      for (let index = 0; ; index++) {
        const isThere = index < flight.items.length || (await waitFor(flight, index, race))
        if (flight.end !== 'none') forget(key, flight)
        if (!isThere) return
        signal.throwIfAborted()
        const item = flight.items[index]
        if (item !== undefined) yield item
      }
    } catch (error) {
      throw signal.aborted ? cancelled(error) : error
    } finally {
      race.dispose()
      flight.readers--
      if (flight.readers === 0) {
        forget(key, flight)
        await land(flight)
      }
    }
  }

  const launch: Flights<T>['start'] = (key, plan, signal) => {
    const stop = new AbortController()
    const source: EagerIterator<T> = plan.open(stop.signal)[Symbol.asyncIterator]()
    const flight: Flight<T> = { items: [], plan, source, stop, readers: 0, pulling: undefined, end: 'none' }
    flights.set(key, flight)
    return read(key, flight, signal)
  }

  return {
    has: (key) => current(key) !== undefined,
    join(key, plan, signal) {
      const flight = current(key)
      return flight === undefined ? launch(key, plan, signal) : read(key, flight, signal)
    },
    start: launch,
  }
}

/** Never rejects: all readers learn how it ended. */
async function pull<T>(flight: Flight<T>): Promise<void> {
  try {
    const next = await flight.source.next()
    if (next.done === true) {
      flight.end = 'done'
      flight.plan.keep?.(flight.items)
    } else {
      for (let item: T | undefined = next.value; item !== undefined; item = flight.source.ready?.()) {
        flight.plan.see?.(item)
        flight.items.push(item)
      }
    }
  } catch (error) {
    flight.end = { error }
  }
  flight.pulling = undefined
}

/** False where the run has ended before that item; throws what the run has thrown. */
async function waitFor<T>(flight: Flight<T>, index: number, race: AbortRace): Promise<boolean> {
  while (index >= flight.items.length) {
    if (flight.end === 'done') return false
    if (flight.end !== 'none') throw flight.end.error
    flight.pulling ??= pull(flight)
    await race.run(flight.pulling)
  }
  return true
}

/** A source that is waiting is left to its signal: it cannot be closed before it wakes. */
async function land<T>({ source, stop, pulling, end, plan, items }: Flight<T>): Promise<void> {
  if (end !== 'none') return
  plan.keep?.(items)
  stop.abort()
  const closed = source.return?.()
  if (pulling === undefined) await closed
  else closed?.catch(() => {})
}
