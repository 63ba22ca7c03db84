import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import * as vscode from 'vscode'
import { openConsumer } from './consumer.js'

/** How long a row may take that is written a moment after its attempt; in ms. */
const patienceMs = 10_000

/** Attempts of an extension once the ledger on disk has what is expected, the oldest first. */
export async function untilLedger(extension: string, isComplete: (attempts: readonly string[]) => boolean) {
  const end = performance.now() + patienceMs
  let attempts = await readLedger(extension)
  while (!isComplete(attempts) && performance.now() < end) {
    await setTimeout(1)
    attempts = await readLedger(extension)
  }
  return attempts
}

/** Attempts of an extension, as they stand in the ledger on disk, the oldest first. */
export async function readLedger(extension: string): Promise<readonly string[]> {
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
