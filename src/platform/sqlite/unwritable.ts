import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** From where a database can be read that lies on a disk without a place for SQLite's side files. */
export interface ReadablePlace {
  readonly location: string | URL
  /** Removes what was made for it. */
  release(): Promise<void>
}

/**
 * What was written ahead is read from a copy of both files, since SQLite leaves it out of a file that it takes as
 * immutable. Throws what the operating system says.
 */
export async function findReadablePlace(path: string): Promise<ReadablePlace> {
  if (!(await hasContent(`${path}-wal`))) {
    const location = pathToFileURL(path)
    location.search = '?immutable=1'
    return { location, release: () => Promise.resolve() }
  }
  const folder = await mkdtemp(join(tmpdir(), 'roundhouse-'))
  const release = async (): Promise<void> => await rm(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, basename(path))
    await copyFile(path, copy)
    await copyFile(`${path}-wal`, `${copy}-wal`)
    return { location: copy, release }
  } catch (error) {
    await release()
    throw error
  }
}

async function hasContent(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0
  } catch {
    return false
  }
}
