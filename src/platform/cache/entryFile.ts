import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CacheEntry } from '../../core/cache/store.js'
import { hourMs } from '../../core/durations.js'
import { isRecord, parseJson } from '../../core/json.js'
import { systemCodeOf } from '../diskErrors.js'
import { checksum } from './entryForm.js'

const folderMode = 0o700
const fileMode = 0o600

/** Milliseconds. Writing down each use would cost a hit more than reading it. */
const useGranularity = hourMs

/** One line that says what the entry is, and its value. */
function format(entry: CacheEntry): string {
  const { value, ...facts } = entry
  return `${JSON.stringify({ ...facts, checksum: checksum(entry) })}\n${value}`
}

function parse(text: string): CacheEntry | undefined {
  const end = text.indexOf('\n')
  const facts = end < 0 ? undefined : parseJson(text.slice(0, end))
  if (!isRecord(facts)) return undefined
  const { key, kind, connection, model, createdAt } = facts
  if (kind !== 'completion' && kind !== 'embedding') return undefined
  if (typeof key !== 'string' || typeof connection !== 'string' || typeof model !== 'string') return undefined
  if (typeof createdAt !== 'number') return undefined
  const entry: CacheEntry = { key, kind, connection, model, createdAt, value: text.slice(end + 1) }
  return checksum(entry) === facts['checksum'] ? entry : undefined
}

/** Atomic: a reader sees the old entry, the new one, or none. */
export async function writeEntryFile(path: string, entry: CacheEntry): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: folderMode })
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, format(entry), { mode: fileMode, flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/**
 * The entry of a file; undefined where there is none, and where it is damaged, in which case the file is deleted.
 * The file's own time is that of its last use, about.
 */
export async function readEntryFile(path: string, usedAt?: number): Promise<CacheEntry | undefined> {
  let text: string
  try {
    text = await readAndTouch(path, usedAt)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
  const entry = parse(text)
  if (entry === undefined) await rm(path, { force: true })
  return entry
}

async function readAndTouch(path: string, usedAt: number | undefined): Promise<string> {
  const file = await open(path, 'r')
  try {
    if (usedAt !== undefined) {
      const { mtimeMs } = await file.stat()
      const used = usedAt / 1_000
      if (Math.abs(usedAt - mtimeMs) > useGranularity) await file.utimes(used, used)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
