/** When work that one window does for all was begun last. */
export const upkeepTable = `
CREATE TABLE upkeep (
  task TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
