import type { Database } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { type BudgetUnit, callerName, type ScopeKind, scopeKinds, scopeValueOf } from './budget.js'
import { readSubject } from './ledgerRows.js'
import { toStoredMoney } from './money.js'
import { sumTokens } from './price.js'
import { readRollups, readSources } from './rollups.js'
import { addStored, readStored, toStoredWhole } from './storedNumbers.js'
import type { Window, WindowKind } from './windows.js'

/** What identifies a counter. */
export interface CounterKey {
  readonly unit: BudgetUnit
  readonly scope: ScopeKind
  readonly scopeValue: string
  readonly windowKind: WindowKind
  readonly window: Window
}

/** An error names so many of those who used a budget. */
const mostUsers = 3

/** In billionths of a USD, tokens or requests. */
export interface Count {
  readonly spent: number
  readonly reserved: number
}

const unitColumns: Readonly<Record<BudgetUnit, readonly string[]>> = {
  usd: ['cost'],
  tokens: ['uncached_input', 'cache_read', 'cache_write', 'visible_output', 'reasoning_output'],
  requests: ['attempts'],
}

const amounts = `${readStored('spent')} AS spent, ${readStored('reserved')} AS reserved`
const listCounters = `SELECT scope_value, ${amounts} FROM budget_counter
WHERE scope = ? AND unit = ? AND window = ? AND starts_at = ? AND ends_at = ? ORDER BY scope_value`

/** In the order of `keyValues`. */
export const isKey =
  'scope = ? AND scope_value = ? AND unit = ? AND window = ? AND starts_at = ? AND ends_at = ?'
const findCounter = `SELECT ${amounts} FROM budget_counter WHERE ${isKey}`
const insertCounter = `INSERT INTO budget_counter
(scope, scope_value, unit, window, starts_at, ends_at, spent) VALUES (?, ?, ?, ?, ?, ?, ?)`

const addSpent = `UPDATE budget_counter
SET spent = ${addStored('spent', "CASE unit WHEN 'usd' THEN ? WHEN 'tokens' THEN ? ELSE 1 END")}
WHERE ends_at > ? AND starts_at <= ? AND scope_value = CASE scope
${scopeKinds.map((kind) => `WHEN '${kind}' THEN ?`).join(' ')} END`

export function isSameCounter(a: CounterKey, b: CounterKey): boolean {
  return (
    a.unit === b.unit &&
    a.scope === b.scope &&
    a.scopeValue === b.scopeValue &&
    a.windowKind === b.windowKind &&
    a.window.start === b.window.start &&
    a.window.end === b.window.end
  )
}

export function keyValues({ scope, scopeValue, unit, windowKind, window }: CounterKey) {
  return [scope, scopeValue, unit, windowKind, window.start, window.end] as const
}

/** Single counters, and what the ledger says of one that is not there yet. */
function createCounterReader(database: Database) {
  /** What the ledger says, by who asked. */
  function sumByCaller({ unit, scope, scopeValue, window }: CounterKey): ReadonlyMap<string, number> {
    const sums = new Map<string, number>()
    const sources = readSources(database)
    for (const row of readRollups(database, { from: window.start, to: window.end }, 'source')) {
      const source = sources.get(Number(row['source_id']))
      if (source === undefined) continue
      const subject = readSubject(source)
      if (scopeValueOf({ kind: scope }, subject) !== scopeValue) continue
      const amount = unitColumns[unit].reduce((sum, column) => sum + Number(row[column]), 0)
      const name = callerName(subject.caller)
      sums.set(name, (sums.get(name) ?? 0) + amount)
    }
    return sums
  }

  const sumLedger = (key: CounterKey): number =>
    toStoredWhole([...sumByCaller(key).values()].reduce((sum, amount) => sum + amount, 0))

  function find(key: CounterKey): Count | undefined {
    const row = database.get(findCounter, ...keyValues(key))
    return row && { spent: Number(row['spent']), reserved: Number(row['reserved']) }
  }

  /** Without a counter, what the ledger says: no one has reserved anything. */
  const read = (key: CounterKey): Count => find(key) ?? { spent: sumLedger(key), reserved: 0 }

  /** True where there was none: it begins with what the ledger says. Within a transaction only. */
  function open(key: CounterKey): boolean {
    if (find(key) !== undefined) return false
    database.run(insertCounter, ...keyValues(key), sumLedger(key))
    return true
  }

  return { find, read, open, sumByCaller }
}

/** The counters of all budgets, as they stand in the database. */
export function createBudgetCounters(database: Database) {
  const { find, read, open, sumByCaller } = createCounterReader(database)
  return {
    read,
    open,
    /** What each value of a scope has used, as far as it has a counter. */
    list({ scope, unit, windowKind, window }: Omit<CounterKey, 'scopeValue'>) {
      const rows = database.all(listCounters, scope, unit, windowKind, window.start, window.end)
      return rows.map((row) => ({
        scopeValue: String(row['scope_value']),
        spent: Number(row['spent']),
        reserved: Number(row['reserved']),
      }))
    },
    /** Who has used the most, by the ledger. */
    users(key: CounterKey): readonly { readonly name: string; readonly spent: number }[] {
      const users = [...sumByCaller(key)].map(([name, spent]) => ({ name, spent }))
      const used = users.filter(({ spent }) => spent > 0)
      return used.toSorted((a, b) => b.spent - a.spent || (a.name < b.name ? -1 : 1)).slice(0, mostUsers)
    },
    /** The same of a counter that is opened where there is none. Within a transaction only. */
    readOpened(key: CounterKey): Count {
      const known = find(key)
      if (known !== undefined) return known
      open(key)
      return read(key)
    },
    /** Adds an attempt to every counter that is about it, whichever window's budget made the counter. */
    add(record: AttemptRecord): void {
      if (record.isCacheHit) return
      const at = Math.trunc(record.at)
      const usd = record.cost === undefined ? 0 : toStoredMoney(record.cost.usd)
      const values = scopeKinds.map((kind) => scopeValueOf({ kind }, record) ?? null)
      database.run(addSpent, usd, toStoredWhole(sumTokens(record.tokens)), at, at, ...values)
    },
  }
}

export type BudgetCounters = ReturnType<typeof createBudgetCounters>
