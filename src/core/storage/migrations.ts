import type { Migration } from './migration.js'

/** The schema of `roundhouse.db`: ledger, budgets, limits and whatever else windows share. */
export const migrations: readonly Migration[] = []
