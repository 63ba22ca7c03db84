/** Who changed what, and when: names and what about them, never a value that could be a secret. */
export const auditTable = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL, origin TEXT NOT NULL,
  subject TEXT NOT NULL, name TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
`
