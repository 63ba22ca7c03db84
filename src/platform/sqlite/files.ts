import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const folderMode = 0o700
const fileMode = 0o600

/** Makes the folder and an empty file, both closed to other users; SQLite gives its side files the file's own mode. */
export async function prepareFile(path: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: folderMode })
  // Some network disks refuse, and a file of another user cannot be changed; opening it says more.
  await chmod(folder, folderMode).catch(() => undefined)
  const handle = await open(path, 'a', fileMode)
  await handle.close()
  await chmod(path, fileMode).catch(() => undefined)
}

/** Which file it is, whatever it is called. */
export async function identify(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path)
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

/**
 * Puts a damaged database and its side files out of the way, under a name that says so. Nothing happens where another
 * window has already done it, which the file's identity tells.
 */
export async function setAside(path: string, identity: string | undefined): Promise<string | undefined> {
  if ((await identify(path)) !== identity) return undefined
  const aside = `${path}.damaged-${randomBytes(4).toString('hex')}`
  await rename(path, aside)
  for (const end of ['-wal', '-shm', '-journal']) await rm(`${path}${end}`, { force: true })
  return aside
}
