/**
 * Who asked what, once for each combination; empty where absent. A rollup holds the sums of a quarter of an hour, an hour, six hours or a day, into
 * which the days of every time zone can be cut, so that a report of a month need not read a million attempts.
 * Money is in billionths of a USD, times are in milliseconds since the epoch.
 */
export const ledgerTables = `
CREATE TABLE usage_source (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL, connection TEXT NOT NULL, model TEXT NOT NULL, route TEXT NOT NULL,
  door TEXT NOT NULL, extension TEXT NOT NULL, terminal TEXT NOT NULL,
  workspace TEXT NOT NULL, branch TEXT NOT NULL,
  UNIQUE (connection, model, route, door, extension, terminal, workspace, branch, provider)
) STRICT;
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  source_id INTEGER NOT NULL REFERENCES usage_source (id),
  request_id TEXT NOT NULL, number INTEGER NOT NULL, conversation TEXT,
  uncached_input INTEGER NOT NULL, cache_read INTEGER NOT NULL,
  cache_write_short INTEGER NOT NULL, cache_write_long INTEGER NOT NULL,
  visible_output INTEGER NOT NULL, reasoning_output INTEGER NOT NULL,
  accuracy TEXT NOT NULL, cost INTEGER, cost_source TEXT,
  latency_ms REAL NOT NULL, first_part_ms REAL,
  outcome TEXT NOT NULL, code TEXT NOT NULL, is_cache_hit INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_at ON attempt (at);
CREATE TABLE usage_rollup (
  span INTEGER NOT NULL, slot INTEGER NOT NULL,
  source_id INTEGER NOT NULL REFERENCES usage_source (id),
  outcome TEXT NOT NULL, code TEXT NOT NULL, is_cache_hit INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  estimated INTEGER NOT NULL, unpriced INTEGER NOT NULL,
  uncached_input INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
  visible_output INTEGER NOT NULL, reasoning_output INTEGER NOT NULL,
  cost INTEGER NOT NULL, latency_ms REAL NOT NULL,
  PRIMARY KEY (span, slot, source_id, outcome, code, is_cache_hit)
) STRICT, WITHOUT ROWID;`

/** What was asked of the model: chat, embeddings, reranking. */
export const operationColumn = `ALTER TABLE attempt ADD COLUMN operation TEXT NOT NULL DEFAULT 'chat'`
