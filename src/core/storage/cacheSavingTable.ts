/** What answers out of the cache have saved, by day of UTC: USD in billionths, times in milliseconds. */
export const cacheSavingTable = `
CREATE TABLE cache_saving (
  day INTEGER PRIMARY KEY,
  hits INTEGER NOT NULL, unpriced INTEGER NOT NULL,
  usd INTEGER NOT NULL, ms REAL NOT NULL
) STRICT;`

/** Requests that a model was asked for because the cache had no answer to them. */
export const cacheMissColumn = 'ALTER TABLE cache_saving ADD COLUMN misses INTEGER NOT NULL DEFAULT 0'
