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

/** Of how many attempts the server's own bill is the cost, and of how many the price is another service tier's. */
export const costSourceColumns = `
ALTER TABLE usage_rollup ADD COLUMN billed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup ADD COLUMN other_tier INTEGER NOT NULL DEFAULT 0;`

const sourceColumns = 'provider, connection, model, route, door, extension, terminal, workspace, branch'

/**
 * The operation becomes a part of what was asked, so that sums are kept apart by it: a source more, not a column more in
 * every sum. Attempts that were no chats get sources of their own, and the sums of both are made anew.
 */
export const operationOfSource = `
CREATE TABLE next_source (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL, connection TEXT NOT NULL, model TEXT NOT NULL, route TEXT NOT NULL,
  door TEXT NOT NULL, extension TEXT NOT NULL, terminal TEXT NOT NULL,
  workspace TEXT NOT NULL, branch TEXT NOT NULL, operation TEXT NOT NULL DEFAULT 'chat',
  UNIQUE (connection, model, route, door, extension, terminal, workspace, branch, provider, operation)
) STRICT;
INSERT INTO next_source (id, ${sourceColumns}) SELECT id, ${sourceColumns} FROM usage_source;
INSERT INTO next_source (${sourceColumns}, operation) SELECT ${sourceColumns}, operation FROM usage_source
JOIN (SELECT DISTINCT source_id, operation FROM attempt WHERE operation <> 'chat') ON source_id = id;
CREATE TEMP TABLE moved AS SELECT usage_source.id AS before, next_source.id AS after, operation
FROM usage_source JOIN next_source USING (${sourceColumns}) WHERE operation <> 'chat';
UPDATE attempt SET source_id = after FROM moved
WHERE source_id = before AND attempt.operation = moved.operation;
DELETE FROM usage_rollup WHERE source_id IN (SELECT before FROM moved);
INSERT INTO usage_rollup
SELECT column1, at / column1, source_id, outcome, code, is_cache_hit, count(*), sum(accuracy = 'estimated'),
  sum(cost IS NULL), sum(uncached_input), sum(cache_read), sum(cache_write_short + cache_write_long),
  sum(visible_output), sum(reasoning_output), coalesce(sum(cost), 0), sum(latency_ms)
FROM attempt, (VALUES (86400000), (21600000), (3600000), (900000))
WHERE source_id IN (SELECT before FROM moved UNION SELECT after FROM moved)
GROUP BY column1, at / column1, source_id, outcome, code, is_cache_hit;
DROP TABLE moved;
DROP TABLE usage_source;
ALTER TABLE next_source RENAME TO usage_source;`

/** Who made an answer, in the server's own words, and at which tier. */
export const servedColumns = `
ALTER TABLE attempt ADD COLUMN served_model TEXT;
ALTER TABLE attempt ADD COLUMN served_provider TEXT;
ALTER TABLE attempt ADD COLUMN service_tier TEXT;`

/**
 * The served model becomes a part of a source, so that reports can be made by it. Attempts that another model answered
 * than was asked for get sources of their own, and the sums of both are computed again.
 */
export const servedOfSource = `
CREATE TABLE next_source (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL, connection TEXT NOT NULL, model TEXT NOT NULL, route TEXT NOT NULL,
  door TEXT NOT NULL, extension TEXT NOT NULL, terminal TEXT NOT NULL,
  workspace TEXT NOT NULL, branch TEXT NOT NULL, operation TEXT NOT NULL DEFAULT 'chat',
  served_model TEXT NOT NULL DEFAULT '',
  UNIQUE (connection, model, route, door, extension, terminal, workspace, branch, provider, operation, served_model)
) STRICT;
INSERT INTO next_source (id, ${sourceColumns}, operation) SELECT id, ${sourceColumns}, operation FROM usage_source;
INSERT INTO next_source (${sourceColumns}, operation, served_model)
SELECT ${sourceColumns}, operation, served FROM usage_source
JOIN (SELECT DISTINCT source_id, served_model AS served FROM attempt WHERE served_model <> '') ON source_id = id;
CREATE TEMP TABLE moved AS SELECT usage_source.id AS before, next_source.id AS after, served_model
FROM usage_source JOIN next_source USING (${sourceColumns}, operation) WHERE served_model <> '';
UPDATE attempt SET source_id = after FROM moved
WHERE source_id = before AND attempt.served_model = moved.served_model;
DELETE FROM usage_rollup WHERE source_id IN (SELECT before FROM moved);
INSERT INTO usage_rollup (span, slot, source_id, outcome, code, is_cache_hit, attempts, estimated, unpriced,
  uncached_input, cache_read, cache_write, visible_output, reasoning_output, cost, latency_ms, billed, other_tier)
SELECT column1, at / column1, source_id, outcome, code, is_cache_hit, count(*), sum(accuracy = 'estimated'),
  sum(cost IS NULL), sum(uncached_input), sum(cache_read), sum(cache_write_short + cache_write_long),
  sum(visible_output), sum(reasoning_output), coalesce(sum(cost), 0), total(latency_ms),
  sum(cost_source IS 'billed'), sum(cost_source IS 'tier')
FROM attempt, (VALUES (86400000), (21600000), (3600000), (900000))
WHERE source_id IN (SELECT before FROM moved UNION SELECT after FROM moved)
GROUP BY column1, at / column1, source_id, outcome, code, is_cache_hit;
DROP TABLE moved;
DROP TABLE usage_source;
ALTER TABLE next_source RENAME TO usage_source;`
