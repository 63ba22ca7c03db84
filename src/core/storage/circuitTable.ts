/** How models have failed lately; times in milliseconds since the epoch. */
export const circuitTable = `
CREATE TABLE circuit (
  connection TEXT NOT NULL,
  model TEXT NOT NULL,
  failures INTEGER NOT NULL,
  failed_at INTEGER NOT NULL,
  code TEXT NOT NULL,
  cool_until INTEGER NOT NULL,
  open_until INTEGER NOT NULL,
  openings INTEGER NOT NULL,
  probe_until INTEGER NOT NULL,
  PRIMARY KEY (connection, model)
) STRICT, WITHOUT ROWID;`
