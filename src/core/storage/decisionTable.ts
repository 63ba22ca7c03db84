/** How requests of routes were decided: reports as JSON, without a prompt or an answer. */
export const decisionTable = `
CREATE TABLE decision (
  request_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  report TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_by_time ON decision (at);`
