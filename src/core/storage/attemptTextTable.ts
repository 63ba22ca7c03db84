/** What was asked and answered, where the user has turned that on. `is_cut`: longer than what is kept of a text. */
export const attemptTextTable = `
CREATE TABLE attempt_text (
  request_id TEXT NOT NULL, number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  prompt TEXT NOT NULL, answer TEXT NOT NULL, is_cut INTEGER NOT NULL,
  PRIMARY KEY (request_id, number)
) STRICT;
CREATE INDEX attempt_text_at ON attempt_text (at);`
