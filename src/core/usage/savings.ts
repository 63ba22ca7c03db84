import { dayMs } from '../durations.js'
import type { Database } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { fromStoredMoney, toStoredMoney } from './money.js'

/** What the response cache has saved in all windows. */
export interface SavedSoFar {
  /** Milliseconds since the epoch at the beginning of the first day, in UTC; absent where nothing was saved yet. */
  readonly since?: number
  readonly hits: number
  /** Hits whose price is unknown and not in `usd`. */
  readonly unpriced: number
  readonly usd: number
  readonly ms: number
}

export interface Savings {
  /** For the ledger's transaction. Counts nothing for a record that has saved nothing. */
  add(record: AttemptRecord): void
  /** Throws ModelError `not-saved`. */
  total(): SavedSoFar
}

const addToDay = `INSERT INTO cache_saving (day, hits, unpriced, usd, ms) VALUES (?1, 1, ?2, ?3, ?4)
ON CONFLICT (day) DO UPDATE SET hits = hits + 1, unpriced = unpriced + ?2, usd = usd + ?3, ms = ms + ?4`
const sumAll = `SELECT min(day) AS day, total(hits) AS hits, total(unpriced) AS unpriced, total(usd) AS usd, total(ms) AS ms
FROM cache_saving`

export function createSavings(database: Database): Savings {
  return {
    add({ at, saved }) {
      if (saved === undefined) return
      const { usd, ms } = saved
      const money = usd === undefined ? 0 : toStoredMoney(usd)
      database.run(addToDay, Math.floor(at / dayMs), usd === undefined ? 1 : 0, money, ms)
    },
    total() {
      const row = database.get(sumAll) ?? {}
      const read = (name: string): number => Number(row[name] ?? 0)
      return {
        ...(row['day'] === null ? {} : { since: read('day') * dayMs }),
        hits: read('hits'),
        unpriced: read('unpriced'),
        usd: fromStoredMoney(read('usd')),
        ms: read('ms'),
      }
    },
  }
}
