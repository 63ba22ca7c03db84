/**
 * The settings under audit as a window saw them last: of each member of an entry a salted hash, so that a later window
 * can name what is different and nobody can read what it was.
 */
export const auditSeenTable = `
CREATE TABLE audit_seen (
  subject TEXT PRIMARY KEY,
  salt TEXT NOT NULL,
  entries TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
