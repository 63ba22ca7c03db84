import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CacheLimits } from '../../core/cache/policy.js'
import { type CacheEntry, type CacheFilter, type CacheStore, fits } from '../../core/cache/store.js'
import { minuteMs } from '../../core/durations.js'
import type { Clock } from '../../core/ports.js'
import { systemCodeOf } from '../diskErrors.js'
import { readEntryFile, writeEntryFile } from './entryFile.js'
import { entryBytes } from './entryForm.js'

export interface FileStoreOptions {
  /** Absolute path of a folder of the cache's own. */
  readonly folder: string
  readonly limits: () => CacheLimits
  readonly clock: Clock
}

interface KeptFile {
  readonly path: string
  readonly bytes: number
  readonly usedAt: number
}

const keyPattern = /^[0-9a-f]{64}$/
const entryPattern = /^[0-9a-f]{64}\.entry$/
/** What is left, of the limits, after entries had to leave: looking at all files is dear. */
const roomLeft = 0.9
/** Entries of this window after which those of other windows are counted again. */
const countAfter = 200
/** Milliseconds after which a file that was being written is nobody's. */
const abandonedAfter = minuteMs

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/** Another window may delete a file at any moment. */
async function look(path: string): Promise<KeptFile | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { path, bytes: size, usedAt: mtimeMs }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** All entries' files, and on the way an end to files whose writer is gone. */
async function listFiles(folder: string, now: number): Promise<KeptFile[]> {
  const files: KeptFile[] = []
  for (const shard of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue
    for (const name of await namesIn(join(folder, shard))) {
      const file = await look(join(folder, shard, name))
      if (file === undefined) continue
      if (entryPattern.test(name)) files.push(file)
      else if (now - file.usedAt > abandonedAfter) await rm(file.path, { force: true })
    }
  }
  return files
}

const sum = (files: readonly KeptFile[]): number => files.reduce((bytes, file) => bytes + file.bytes, 0)

/** Deletes the files that were not used for the longest time, and gives those that stay. */
async function evict(files: readonly KeptFile[], limits: CacheLimits): Promise<readonly KeptFile[]> {
  let bytes = sum(files)
  if (files.length <= limits.maximumEntries && bytes <= limits.maximumBytes) return files
  const kept = files.toSorted((a, b) => b.usedAt - a.usedAt)
  const entries = Math.floor(limits.maximumEntries * roomLeft)
  const maximumBytes = limits.maximumBytes * roomLeft
  while (kept.length > entries || bytes > maximumBytes) {
    const oldest = kept.pop()
    if (oldest === undefined) break
    bytes -= oldest.bytes
    await rm(oldest.path, { force: true })
  }
  return kept
}

async function isMeant(path: string, filter: CacheFilter): Promise<boolean> {
  const entry = await readEntryFile(path)
  return entry !== undefined && fits(entry, filter)
}

/** Entries as files of their own, which windows share. */
export function createFileStore({ folder, limits, clock }: FileStoreOptions): CacheStore {
  const markPath = join(folder, 'deletions')
  let known: { entries: number; bytes: number; since: number } | undefined

  function pathOf(key: string): string {
    if (!keyPattern.test(key)) throw new RangeError('A key of the cache is a SHA-256 in hexadecimal.')
    return join(folder, key.slice(0, 2), `${key}.entry`)
  }

  async function count(): Promise<void> {
    const kept = await evict(await listFiles(folder, clock.now()), limits())
    known = { entries: kept.length, bytes: sum(kept), since: 0 }
  }

  async function deletions(): Promise<number> {
    const text = await readFile(markPath, 'utf8').catch(() => '0')
    return Number(text) || 0
  }

  async function keep(entry: CacheEntry): Promise<void> {
    const { maximumEntries, maximumBytes } = limits()
    const bytes = entryBytes(entry)
    if (bytes > maximumBytes) return
    const path = pathOf(entry.key)
    await writeEntryFile(path, entry)
    await utimes(path, entry.createdAt / 1_000, entry.createdAt / 1_000)
    if (known === undefined) return await count()
    known = { entries: known.entries + 1, bytes: known.bytes + bytes, since: known.since + 1 }
    const isFull = known.entries > maximumEntries || known.bytes > maximumBytes
    if (isFull || known.since >= countAfter) await count()
  }

  return {
    async get(key) {
      const entry = await readEntryFile(pathOf(key), clock.now())
      return entry?.key === key ? entry : undefined
    },
    async set(...entries) {
      for (const entry of entries) await keep(entry)
    },
    async delete(filter) {
      let deleted = 0
      for (const { path } of await listFiles(folder, clock.now())) {
        if (!(await isMeant(path, filter))) continue
        await rm(path, { force: true })
        deleted++
      }
      known = undefined
      if (deleted > 0) await writeFile(markPath, String((await deletions()) + 1), { mode: 0o600 })
      return deleted
    },
    async size() {
      const files = await listFiles(folder, clock.now())
      return { entries: files.length, bytes: sum(files) }
    },
    deletions,
    dispose() {},
  }
}
