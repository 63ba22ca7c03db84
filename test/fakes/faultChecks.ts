import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isModelError } from '../../src/core/errors.js'
import { type OpenExtension, until } from './extension.js'
import { injected } from './failingCalls.js'

/** It looks like no key of any provider. */
export const secretKey = 'plum-orchard-lantern'
export const secretPrompt = 'the heron counts its steps'

/** Everything that a user can read without looking for it. */
function shownTexts({ editor }: OpenExtension): readonly string[] {
  const { told, flashes } = editor.user
  return [...told.flatMap(({ message, detail }) => [message, detail]), ...flashes]
}

/** What happened, and the next step: two sentences, or one with a button. Nothing of what the platform says. */
function checkWords(message: string, buttons: number): void {
  assert.ok(!message.includes(injected), `says what the platform says: ${message}`)
  assert.doesNotMatch(message, /Something unexpected|see the Roundhouse log/, 'is not a typed error')
  assert.doesNotMatch(message, /^\w*Error\b|\bat .*:\d+:\d+|undefined|\[object/, 'is no sentence')
  const sentences = message.split(/[.;!?:](?:\s|$)/).filter((part) => part.trim() !== '')
  assert.ok(sentences.length + Math.min(1, buttons) >= 2, `names no next step: ${message}`)
}

/** The error that another extension, or Chat, got. */
export function checkError(error: unknown): void {
  if (error === undefined) return
  assert.ok(error instanceof Error, 'is no error')
  const isOfDoor = error.constructor === Error && error.stack === ''
  assert.ok(isModelError(error) || isOfDoor, `is no typed error: ${error.stack ?? error.message}`)
  checkWords(error.message, 0)
}

export function checkTexts(window: OpenExtension, error: unknown): void {
  for (const { level, message, buttons } of window.editor.user.told)
    if (level !== 'info') checkWords(message, buttons.length)
  const shown = [...shownTexts(window), error instanceof Error ? `${error.message} ${error.stack}` : '']
  for (const text of [...shown, ...window.editor.log]) {
    assert.ok(!text.includes(secretKey), `has the key: ${text}`)
    assert.ok(!text.includes(secretPrompt), `has the prompt: ${text}`)
  }
}

interface Kept {
  /** Requests that the server has answered with a model’s text. */
  readonly answered: number
  readonly keepsTexts: boolean
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

/** Fails where temporary files are left when what was being written at the close is written. */
async function checkTemporary(folder: string): Promise<void> {
  const isTemporary = (name: string) => /\.tmp$|\.taken-|-journal$|\.lock$|\.part/.test(name)
  await until(
    'no temporary file is left',
    async () => !readdirSync(folder, { recursive: true }).some((name) => isTemporary(String(name))),
  )
}

/** What a closed window leaves behind. */
export async function checkFolder(folder: string, { answered, keepsTexts }: Kept): Promise<void> {
  await checkTemporary(folder)
  const names = filesIn(folder)
  for (const name of names) {
    const text = readFileSync(name, 'latin1')
    assert.ok(!text.includes(secretKey), `${name} has the key`)
    assert.ok(keepsTexts || !text.includes(secretPrompt), `${name} has the prompt`)
  }
  const put = names.filter((name) => /roundhouse-attempts-[^/]*\.jsonl$/.test(name))
  const spooled = put.flatMap((name) => readFileSync(name, 'utf8').trim().split('\n')).length
  checkDatabase(join(folder, 'roundhouse.db'), answered - spooled)
}

function checkDatabase(path: string, leastAttempts: number): void {
  const database = new DatabaseSync(path)
  const number = (sql: string) => Number(database.prepare(sql).get()?.['n'] ?? 0)
  try {
    // No transaction of the closed window holds it.
    database.exec('BEGIN IMMEDIATE; ROLLBACK')
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    if (number("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'attempt'") === 0)
      return assert.ok(leastAttempts <= 0, 'there is no ledger')
    const attempts = number('SELECT count(*) AS n FROM attempt WHERE is_cache_hit = 0')
    assert.ok(attempts >= leastAttempts, `${leastAttempts - attempts} attempts are lost`)
    assert.equal(number('SELECT count(*) AS n FROM budget_reservation'), 0, 'reservations are left')
  } finally {
    database.close()
  }
}
