/**
 * What is spent and reserved, once for each unit, scope and window: budgets with the same three share a row. Amounts are
 * billionths of a USD, tokens or requests. A reservation that is not renewed until it expires has lost its process.
 */
export const budgetTables = `
CREATE TABLE budget_counter (
  id INTEGER PRIMARY KEY,
  unit TEXT NOT NULL, scope TEXT NOT NULL, scope_value TEXT NOT NULL,
  window TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
  spent INTEGER NOT NULL, reserved INTEGER NOT NULL DEFAULT 0,
  UNIQUE (scope, scope_value, unit, window, starts_at, ends_at)
) STRICT;
CREATE INDEX budget_counter_ends_at ON budget_counter (ends_at);
CREATE TABLE budget_reservation (
  attempt_id TEXT NOT NULL,
  counter_id INTEGER NOT NULL REFERENCES budget_counter (id),
  amount INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  PRIMARY KEY (attempt_id, counter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_reservation_expires_at ON budget_reservation (expires_at);
CREATE TABLE budget_warning (
  budget TEXT NOT NULL, starts_at INTEGER NOT NULL, amount_limit REAL NOT NULL, share REAL NOT NULL,
  PRIMARY KEY (budget, starts_at, amount_limit, share)
) STRICT, WITHOUT ROWID;`

/**
 * A reservation that has lapsed counts as spent, for nobody knows what its attempt has used, until its attempt is settled
 * after all.
 */
export const lapsedReservations =
  'ALTER TABLE budget_reservation ADD COLUMN lapsed INTEGER NOT NULL DEFAULT 0'

/** As many reservations as requests run at once: an index of so few costs each request more than it saves. */
export const withoutReservationIndex = 'DROP INDEX budget_reservation_expires_at'
