import { dayMs, minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import type { Clock, Database, Disposable, Log } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { fromStoredMoney, toStoredMoney } from './money.js'
import { addStored, toStoredReal } from './storedNumbers.js'

/** What the response cache has saved in all windows. */
export interface SavedSoFar {
  /** Milliseconds since the epoch at the beginning of the first day, in UTC; absent where nothing was counted yet. */
  readonly since?: number
  /** Requests. */
  readonly hits: number
  /** Requests that a model was asked for because no answer was there; those of other windows up to a minute late. */
  readonly misses: number
  /** Hits whose price is unknown and not in `usd`. */
  readonly unpriced: number
  readonly usd: number
  readonly ms: number
}

export interface Savings extends Disposable {
  /** For the ledger's transaction. Counts nothing for a record that has saved nothing. */
  add(record: AttemptRecord): void
  /** Written within a minute, with the others of that time, or when disposed. */
  countMiss(): void
  /** Throws ModelError `not-saved`. */
  total(): SavedSoFar
}

export interface SavingsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
}

const addToDay = `INSERT INTO cache_saving (day, hits, unpriced, usd, ms) VALUES (?1, 1, ?2, ?3, ?4)
ON CONFLICT (day) DO UPDATE SET hits = hits + 1, unpriced = unpriced + ?2, usd = ${addStored('usd', '?3')}, ms = ${addStored('ms', '?4')}`
const addMisses = `INSERT INTO cache_saving (day, hits, unpriced, usd, ms, misses) VALUES (?1, 0, 0, 0, 0, ?2)
ON CONFLICT (day) DO UPDATE SET misses = misses + ?2`
const sumAll = `SELECT min(day) AS day, total(hits) AS hits, total(misses) AS misses, total(unpriced) AS unpriced,
total(usd) AS usd, total(ms) AS ms FROM cache_saving`

function dayOf(at: number): number {
  return Math.floor(at / dayMs)
}

/** Misses of this window: a statement for each would make every request slower. */
function createMisses({ database, clock, log }: SavingsOptions) {
  let waiting = 0
  let cancel: (() => void) | undefined

  function write(): void {
    cancel?.()
    cancel = undefined
    if (waiting === 0 || database.readOnly) return
    try {
      database.run(addMisses, dayOf(clock.now()), waiting)
      waiting = 0
    } catch (error) {
      const reason = isModelError(error) ? error.message : 'The database failed.'
      log.warn(`Requests that were not in the cache are counted later. ${reason}`)
    }
  }

  return {
    waiting: () => waiting,
    write,
    count(): void {
      waiting++
      cancel ??= clock.alarm(minuteMs, write)
    },
  }
}

export function createSavings(options: SavingsOptions): Savings {
  const { database, clock } = options
  const misses = createMisses(options)
  return {
    add({ at, saved }) {
      if (saved === undefined) return
      const { usd, ms } = saved
      const money = usd === undefined ? 0 : toStoredMoney(usd)
      database.run(addToDay, dayOf(at), usd === undefined ? 1 : 0, money, toStoredReal(ms))
    },
    countMiss: () => misses.count(),
    total() {
      const row = database.get(sumAll) ?? {}
      const read = (name: string): number => Number(row[name] ?? 0)
      const waiting = misses.waiting()
      const first = row['day'] ?? (waiting === 0 ? undefined : dayOf(clock.now()))
      return {
        ...(first === undefined ? {} : { since: Number(first) * dayMs }),
        hits: read('hits'),
        misses: read('misses') + waiting,
        unpriced: read('unpriced'),
        usd: fromStoredMoney(read('usd')),
        ms: read('ms'),
      }
    },
    dispose: () => misses.write(),
  }
}
