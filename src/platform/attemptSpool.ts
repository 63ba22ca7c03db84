import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError } from '../core/errors.js'
import type { Clock } from '../core/ports.js'
import { type AttemptSpool, readSpool, writeSpoolLine } from '../core/usage/attemptSpool.js'
import { describeDiskError } from './diskErrors.js'

export interface AttemptSpoolOptions {
  /** The folder of the database. */
  readonly folder: string
  /** Of this window, which no other has. */
  readonly id: string
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

const prefix = 'roundhouse-attempts-'
const kept = '.jsonl'
/** Behind the name that a file has from its first taking on, and before the id of the window that takes it in. */
const taken = '.taken-'

/** Milliseconds for which a window that was writing when its file was renamed may still write. */
const settleMs = 100
/** Milliseconds after which a file that is being taken in belongs to a window that has gone. */
const lostMs = 60_000

function notSaved(path: string, cause: unknown): ModelError {
  return new ModelError({
    code: 'not-saved',
    message: `${path} could not be used. ${describeDiskError(cause)}`,
    cause,
  })
}

interface Claimed {
  readonly file: string
  /** The same if another window has to go on with it, and another one for what is written under the old name later. */
  readonly name: string
}

/** Renames a file so that this window takes it in; undefined if another window does. */
async function claim(
  { folder, id, clock }: AttemptSpoolOptions,
  entry: string,
): Promise<Claimed | undefined> {
  const known = entry.endsWith(kept) ? -1 : entry.indexOf(taken)
  if (known !== -1) {
    const { mtimeMs } = await stat(join(folder, entry))
    if (Math.abs(clock.now() - mtimeMs) < lostMs) return undefined
  }
  const name = known === -1 ? `${entry.slice(0, -kept.length)}.${randomUUID()}` : entry.slice(0, known)
  const file = join(folder, `${name}${taken}${id}`)
  await rename(join(folder, entry), file)
  const now = new Date(clock.now())
  await utimes(file, now, now)
  return { file, name }
}

/** Files of one line for each attempt, one file for each window. */
export function createAttemptSpool(options: AttemptSpoolOptions): AttemptSpool {
  const { folder, id, clock } = options
  const path = join(folder, `${prefix}${id}${kept}`)

  async function takeOne(entry: string, take: Parameters<AttemptSpool['handOver']>[0], signal: AbortSignal) {
    // Another window may be first.
    const claimed = await claim(options, entry).catch(() => undefined)
    if (claimed === undefined) return
    await clock.sleep(settleMs, signal)
    const text = await readFile(claimed.file, 'utf8').catch(() => undefined)
    if (text === undefined) return
    take(claimed.name, readSpool(text))
    await rm(claimed.file, { force: true })
  }

  return {
    keep(records) {
      const lines = records.map((record) => `${writeSpoolLine(record)}\n`)
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        appendFileSync(path, lines.join(''), { mode: 0o600 })
      } catch (error) {
        throw notSaved(path, error)
      }
    },
    async handOver(take, signal) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        signal.throwIfAborted()
        if (name.startsWith(prefix) && (name.endsWith(kept) || name.includes(taken)))
          await takeOne(name, take, signal)
      }
    },
  }
}
