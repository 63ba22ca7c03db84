import { budgetTables } from './budgetTables.js'
import { circuitTable } from './circuitTable.js'
import { ledgerTables } from './ledgerTables.js'
import type { Migration } from './migration.js'

/** The schema of `roundhouse.db`: ledger, budgets, limits and whatever else windows share. */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'alerts',
    sql: `
CREATE TABLE alert (
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  PRIMARY KEY (rule, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_silence (
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (rule, subject)
) STRICT, WITHOUT ROWID;`,
  },
  { number: 2, name: 'ledger', sql: ledgerTables },
  { number: 3, name: 'budgets', sql: budgetTables },
  { number: 4, name: 'circuits', sql: circuitTable },
]
