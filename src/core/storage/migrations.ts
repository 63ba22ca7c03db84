import { alertTables } from './alertTables.js'
import { attemptTextTable } from './attemptTextTable.js'
import { auditSeenTable } from './auditSeenTable.js'
import { auditTable } from './auditTable.js'
import { budgetTables, lapsedReservations, withoutReservationIndex } from './budgetTables.js'
import { cacheMissColumn, cacheSavingTable } from './cacheSavingTable.js'
import { circuitTable } from './circuitTable.js'
import { credibleNumbers } from './credibleNumbers.js'
import { decisionTable } from './decisionTable.js'
import {
  costSourceColumns,
  ledgerTables,
  operationColumn,
  operationOfSource,
  servedColumns,
  servedOfSource,
} from './ledgerTables.js'
import type { Migration } from './migration.js'
import { rateLimitTables } from './rateLimitTables.js'
import { requestTicketTable } from './requestTicketTable.js'
import { upkeepTable } from './upkeepTable.js'

/** The schema of `roundhouse.db`: ledger, budgets, limits and whatever else windows share. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'alerts', sql: alertTables },
  { number: 2, name: 'ledger', sql: ledgerTables },
  { number: 3, name: 'budgets', sql: budgetTables },
  { number: 4, name: 'circuits', sql: circuitTable },
  { number: 5, name: 'rate limits', sql: rateLimitTables },
  { number: 6, name: 'audit', sql: auditTable },
  { number: 7, name: 'decisions', sql: decisionTable },
  { number: 8, name: 'upkeep', sql: upkeepTable },
  { number: 9, name: 'operations', sql: operationColumn },
  { number: 10, name: 'texts', sql: attemptTextTable },
  { number: 11, name: 'requests at once', sql: requestTicketTable },
  { number: 12, name: 'savings', sql: cacheSavingTable },
  { number: 13, name: 'operations of sources', sql: operationOfSource },
  { number: 14, name: 'cache misses', sql: cacheMissColumn },
  { number: 15, name: 'settings as seen', sql: auditSeenTable },
  { number: 16, name: 'reservations without an index', sql: withoutReservationIndex },
  { number: 17, name: 'sources of costs', sql: costSourceColumns },
  { number: 18, name: 'numbers that can be', sql: credibleNumbers },
  { number: 19, name: 'lapsed reservations', sql: lapsedReservations },
  { number: 20, name: 'served models', sql: servedColumns },
  { number: 21, name: 'served models of sources', sql: servedOfSource },
]
