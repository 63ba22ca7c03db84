import { DatabaseSync } from 'node:sqlite'
import * as vscode from 'vscode'
import { openConsumer } from './consumer.js'

/** Attempts of an extension, as they stand in the ledger on disk, the oldest first. */
export async function readLedger(extension: string) {
  const { folders } = await openConsumer()
  const path = vscode.Uri.joinPath(folders.storage, '..', 'roundhouse.roundhouse', 'roundhouse.db').fsPath
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database
      .prepare(
        `SELECT door, attempt.operation, connection, model, outcome, is_cache_hit FROM attempt
         JOIN usage_source ON usage_source.id = attempt.source_id WHERE extension = ? ORDER BY attempt.id`,
      )
      .all(extension)
      .map((row) => Object.values(row).join(' '))
  } finally {
    database.close()
  }
}
