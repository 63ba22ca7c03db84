import type { Database } from '../ports.js'
import type { AttemptRecord } from './attemptRecord.js'
import { type BudgetUnit, type ScopeKind, scopeKinds, scopeValueOf } from './budget.js'
import { slotMs } from './ledgerRows.js'
import { toStoredMoney } from './money.js'
import { sumTokens } from './price.js'
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

/** The same as `scopeValueOf`, of rows of usage_source. */
const scopeExpressions: Readonly<Record<ScopeKind, string>> = {
  all: "''",
  provider: 'provider',
  connection: 'connection',
  model: "connection || '/' || model",
  workspace: 'workspace',
  caller: "iif(extension <> '', extension, iif(terminal <> '', terminal, door))",
}

const unitSums: Readonly<Record<BudgetUnit, string>> = {
  usd: 'sum(cost)',
  tokens: 'sum(uncached_input + cache_read + cache_write + visible_output + reasoning_output)',
  requests: 'sum(attempts)',
}

function sumSpent(unit: BudgetUnit, scope: ScopeKind): string {
  return `SELECT coalesce(${unitSums[unit]}, 0) AS spent ${fromLedger(scope)}`
}

function fromLedger(scope: ScopeKind): string {
  return `FROM usage_rollup JOIN usage_source ON usage_source.id = source_id
WHERE slot >= ? AND slot < ? AND is_cache_hit = 0 AND ${scopeExpressions[scope]} = ?`
}

function listUsers(unit: BudgetUnit, scope: ScopeKind): string {
  return `SELECT ${scopeExpressions.caller} AS name, ${unitSums[unit]} AS spent ${fromLedger(scope)}
GROUP BY name HAVING spent > 0 ORDER BY spent DESC, name LIMIT ${mostUsers}`
}

const listCounters = `SELECT scope_value, spent, reserved FROM budget_counter
WHERE scope = ? AND unit = ? AND window = ? AND starts_at = ? AND ends_at = ? ORDER BY scope_value`

const keyColumns =
  'scope = ? AND scope_value = ? AND unit = ? AND window = ? AND starts_at = ? AND ends_at = ?'
const findCounter = `SELECT id, spent, reserved FROM budget_counter WHERE ${keyColumns}`
const insertCounter = `INSERT INTO budget_counter
(scope, scope_value, unit, window, starts_at, ends_at, spent) VALUES (?, ?, ?, ?, ?, ?, ?)`

const addSpent = `UPDATE budget_counter
SET spent = spent + CASE unit WHEN 'usd' THEN ? WHEN 'tokens' THEN ? ELSE 1 END
WHERE ends_at > ? AND starts_at <= ? AND scope_value = CASE scope
${scopeKinds.map((kind) => `WHEN '${kind}' THEN ?`).join(' ')} END`

function keyValues({ scope, scopeValue, unit, windowKind, window }: CounterKey) {
  return [scope, scopeValue, unit, windowKind, window.start, window.end] as const
}

/** The counters of all budgets, as they stand in the database. */
export function createBudgetCounters(database: Database) {
  const period = ({ window, scopeValue }: CounterKey) =>
    [Math.floor(window.start / slotMs), Math.floor(window.end / slotMs), scopeValue] as const

  const sumLedger = (key: CounterKey): number =>
    Number(database.get(sumSpent(key.unit, key.scope), ...period(key))?.['spent'] ?? 0)

  return {
    /** Without a counter, what the ledger says: no one has reserved anything. */
    read(key: CounterKey): Count {
      const row = database.get(findCounter, ...keyValues(key))
      if (row === undefined) return { spent: sumLedger(key), reserved: 0 }
      return { spent: Number(row['spent']), reserved: Number(row['reserved']) }
    },
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
      const rows = database.all(listUsers(key.unit, key.scope), ...period(key))
      return rows.map((row) => ({ name: String(row['name']), spent: Number(row['spent']) }))
    },
    /** The counter's id. It begins with what the ledger says. Within a transaction only. */
    open(key: CounterKey): number {
      const found = database.get(findCounter, ...keyValues(key))
      if (found !== undefined) return Number(found['id'])
      return database.run(insertCounter, ...keyValues(key), sumLedger(key)).lastInsertRowid
    },
    /** Adds an attempt to every counter that is about it, whichever window's budget made the counter. */
    add(record: AttemptRecord): void {
      if (record.isCacheHit) return
      const at = Math.trunc(record.at)
      const usd = record.cost === undefined ? 0 : toStoredMoney(record.cost.usd)
      const values = scopeKinds.map((kind) => scopeValueOf({ kind }, record) ?? null)
      database.run(addSpent, usd, sumTokens(record.tokens), at, at, ...values)
    },
  }
}

export type BudgetCounters = ReturnType<typeof createBudgetCounters>
