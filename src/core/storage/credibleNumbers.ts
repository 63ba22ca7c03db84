const counts = [
  'uncached_input',
  'cache_read',
  'cache_write_short',
  'cache_write_long',
  'visible_output',
  'reasoning_output',
]
const sums = ['uncached_input', 'cache_read', 'cache_write', 'visible_output', 'reasoning_output']

const mostTokens = 1_000_000_000_000
const mostStored = 9_000_000_000_000_000
/** In billionths of a USD: what a token costs at 100,000 USD a million, and what a call may cost beside its tokens. */
const mostPerToken = 100_000_000
const mostPerCall = 100_000_000_000

const isCount = (column: string, most = `${mostTokens}`): string => `${column} BETWEEN 0 AND ${most}`
const areCounts = (columns: readonly string[], most?: string): string =>
  columns.map((column) => isCount(column, most)).join(' AND ')

/** An addition that is larger than an integer goes on in fractions. */
const isMoney = (columns: readonly string[], calls: string): string =>
  `cost BETWEEN 0 AND min(${mostStored}, (${columns.join(' + ')}) * ${mostPerToken}.0 + ${calls} * ${mostPerCall}.0)`

const isTime = (column: string): string => `${column} BETWEEN 0 AND ${mostStored}`

const isAttempt = `${areCounts(counts)} AND (cost IS NULL OR ${isMoney(counts, '1')})
  AND ${isTime('latency_ms')} AND (first_part_ms IS NULL OR ${isTime('first_part_ms')})`
const isRollup = `${areCounts(sums, `min(${mostStored}, attempts * ${mostTokens}.0)`)}
  AND ${isMoney(sums, 'attempts')} AND ${isTime('latency_ms')}`

const sameSum = `attempt.at >= mended.slot * mended.span AND attempt.at < (mended.slot + 1) * mended.span
  AND attempt.source_id = mended.source_id AND attempt.outcome = mended.outcome
  AND attempt.code = mended.code AND attempt.is_cache_hit = mended.is_cache_hit`

/**
 * Numbers that no model has used, of which one kept every report, export and budget from being read. A count that cannot
 * be is 0, its attempt estimated and its cost unknown; sums with such attempts are made again, and budgets count again
 * from them.
 */
export const credibleNumbers = `
CREATE TEMP TABLE doubted AS SELECT id, at FROM attempt WHERE NOT (${isAttempt});
CREATE TEMP TABLE mended AS SELECT DISTINCT span, slot, source_id, outcome, code, is_cache_hit FROM (
  SELECT column1 AS span, attempt.at / column1 AS slot, source_id, outcome, code, is_cache_hit
  FROM attempt, (VALUES (86400000), (21600000), (3600000), (900000)) WHERE id IN (SELECT id FROM doubted)
  UNION ALL
  SELECT span, slot, source_id, outcome, code, is_cache_hit FROM usage_rollup WHERE NOT (${isRollup}));
UPDATE attempt SET
  ${counts.map((column) => `${column} = iif(${isCount(column)}, ${column}, 0)`).join(',\n  ')},
  accuracy = 'estimated', cost = NULL, cost_source = NULL,
  latency_ms = iif(${isTime('latency_ms')}, latency_ms, 0),
  first_part_ms = iif(first_part_ms IS NULL OR ${isTime('first_part_ms')}, first_part_ms, NULL)
WHERE id IN (SELECT id FROM doubted);
UPDATE usage_rollup SET
  ${sums.map((column) => `${column} = iif(${isCount(column, `min(${mostStored}, attempts * ${mostTokens}.0)`)}, ${column}, 0)`).join(',\n  ')},
  cost = iif(${isMoney(sums, 'attempts')}, cost, 0),
  latency_ms = iif(${isTime('latency_ms')}, latency_ms, 0)
WHERE NOT (${isRollup});
CREATE TEMP TABLE summed AS
SELECT mended.span, mended.slot, mended.source_id, mended.outcome, mended.code, mended.is_cache_hit,
  count(*) AS attempts, sum(accuracy = 'estimated') AS estimated, sum(cost IS NULL) AS unpriced,
  sum(uncached_input) AS uncached_input, sum(cache_read) AS cache_read,
  sum(cache_write_short + cache_write_long) AS cache_write, sum(visible_output) AS visible_output,
  sum(reasoning_output) AS reasoning_output, coalesce(sum(cost), 0) AS cost, total(latency_ms) AS latency_ms,
  sum(cost_source IS 'billed') AS billed, sum(cost_source IS 'tier') AS other_tier
FROM mended JOIN attempt ON ${sameSum}
GROUP BY mended.span, mended.slot, mended.source_id, mended.outcome, mended.code, mended.is_cache_hit;
INSERT OR REPLACE INTO usage_rollup (span, slot, source_id, outcome, code, is_cache_hit, attempts, estimated, unpriced,
  uncached_input, cache_read, cache_write, visible_output, reasoning_output, cost, latency_ms, billed, other_tier)
SELECT * FROM summed;
DELETE FROM budget_reservation WHERE counter_id IN (SELECT id FROM budget_counter
  WHERE EXISTS (SELECT 1 FROM mended WHERE (slot + 1) * span > starts_at AND slot * span < ends_at)
  OR NOT (${isTime('spent')} AND ${isTime('reserved')}));
DELETE FROM budget_counter
  WHERE EXISTS (SELECT 1 FROM mended WHERE (slot + 1) * span > starts_at AND slot * span < ends_at)
  OR NOT (${isTime('spent')} AND ${isTime('reserved')});
UPDATE cache_saving SET usd = iif(${isTime('usd')}, usd, 0), ms = iif(${isTime('ms')}, ms, 0)
WHERE NOT (${isTime('usd')} AND ${isTime('ms')});
DELETE FROM rate_use WHERE NOT (${isTime('tokens')});
DROP TABLE doubted; DROP TABLE mended; DROP TABLE summed;`
