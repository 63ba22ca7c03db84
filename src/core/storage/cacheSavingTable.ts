/** What answers out of the cache have saved, by day of UTC: USD in billionths, times in milliseconds. */
export const cacheSavingTable = `
CREATE TABLE cache_saving (
  day INTEGER PRIMARY KEY,
  hits INTEGER NOT NULL, unpriced INTEGER NOT NULL,
  usd INTEGER NOT NULL, ms REAL NOT NULL
) STRICT;`
