import type { Migration } from './migration.js'

/** The schema of `cache.db`. Its totals follow every change, whichever window makes it. */
export const cacheMigrations: readonly Migration[] = [
  {
    number: 1,
    name: 'entries and their totals',
    sql: `
      CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        connection TEXT NOT NULL,
        model TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        checksum TEXT NOT NULL,
        value TEXT NOT NULL
      ) STRICT;
      CREATE INDEX entries_by_use ON entries (used_at);
      CREATE TABLE totals (
        entries INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        deletions INTEGER NOT NULL
      ) STRICT;
      INSERT INTO totals VALUES (0, 0, 0);
      CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
        UPDATE totals SET entries = entries + 1, bytes = bytes + new.bytes;
      END;
      CREATE TRIGGER entry_replaced AFTER UPDATE OF bytes ON entries BEGIN
        UPDATE totals SET bytes = bytes - old.bytes + new.bytes;
      END;
      CREATE TRIGGER entry_deleted AFTER DELETE ON entries BEGIN
        UPDATE totals SET entries = entries - 1, bytes = bytes - old.bytes;
      END;
    `,
  },
]
