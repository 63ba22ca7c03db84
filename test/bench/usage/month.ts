import type { Database } from '../../../src/core/ports.js'
import { rollupSpans } from '../../../src/core/usage/rollups.js'

export const month = { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) } as const

const attempts = 1_000_000

/** Every quarter of an hour has almost every one of them: the case in which sums help the least. */
const sources = { connections: 3, models: 5, callers: 3, workspaces: 3, branches: 2 }

/**
 * A million attempts at seeded times, and their sums: the same rows that the ledger would have written one by one, which
 * takes minutes.
 */
export function fillMonth(database: Database): void {
  const { connections, models, callers, workspaces, branches } = sources
  const count = connections * models * callers * workspaces * branches
  database.exec(`BEGIN;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
INSERT INTO usage_source (provider, connection, model, route, door, extension, terminal, workspace, branch, operation)
SELECT 'openai', 'connection-' || (i % ${connections}), 'model-' || (i / ${connections} % ${models}), '',
  'languageModel', 'acme.caller-' || (i / ${connections * models} % ${callers}), '',
  'workspace-' || (i / ${connections * models * callers} % ${workspaces}),
  'branch-' || (i / ${connections * models * callers * workspaces} % ${branches}),
  iif(i / ${connections} % ${models} = 0, 'embeddings', 'chat') FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${attempts - 1})
INSERT INTO attempt (at, source_id, request_id, number, uncached_input, cache_read, cache_write_short,
  cache_write_long, visible_output, reasoning_output, accuracy, cost, cost_source, latency_ms, first_part_ms,
  outcome, code, is_cache_hit)
SELECT ${month.from} + i * 2654435761 % ${month.to - month.from}, 1 + i * 40507 % ${count}, 'request-' || i, 1,
  1000, 500, 0, 0, 200, 50, 'exact', 1200000, 'catalog', 1200, 300, 'success', '', 0 FROM n;`)
  for (const span of rollupSpans) {
    database.exec(`INSERT INTO usage_rollup SELECT ${span}, at / ${span}, source_id, outcome, code, is_cache_hit,
count(*), 0, 0, sum(uncached_input), sum(cache_read), 0, sum(visible_output), sum(reasoning_output), sum(cost),
sum(latency_ms) FROM attempt GROUP BY at / ${span}, source_id, outcome, code, is_cache_hit;`)
  }
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
}
