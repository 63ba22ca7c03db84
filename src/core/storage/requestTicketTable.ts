/**
 * Who runs or waits to run on a connection that takes so many requests at once: in the order of the numbers, the first
 * ones run. A ticket that is not renewed until it expires (ms since the epoch) has lost its window.
 */
export const requestTicketTable = `
CREATE TABLE request_ticket (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  connection TEXT NOT NULL, owner TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX request_ticket_connection ON request_ticket (connection, number);`
