/**
 * What was asked in each second, of the connections that the user limits; and what providers last said is left, less
 * what was asked since. Seconds and times are since the epoch, the latter in milliseconds.
 */
export const rateLimitTables = `
CREATE TABLE rate_use (
  connection TEXT NOT NULL, second INTEGER NOT NULL,
  requests INTEGER NOT NULL, tokens INTEGER NOT NULL,
  PRIMARY KEY (connection, second)
) STRICT, WITHOUT ROWID;
CREATE TABLE stated_limit (
  model TEXT NOT NULL, unit TEXT NOT NULL, window TEXT NOT NULL,
  stated_at INTEGER NOT NULL, remaining REAL NOT NULL, amount_limit REAL, resets_at INTEGER NOT NULL,
  PRIMARY KEY (model, unit, window)
) STRICT, WITHOUT ROWID;
`
