import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, ModelError } from '../core/errors.js'
import type { FileStore } from '../core/ports.js'
import { describeDiskError, systemCodeOf } from './diskErrors.js'

const folderMode = 0o700
const fileMode = 0o600

/** Segments of letters, digits, `.`, `_` and `-`, none hidden, none that leads out of the folder. */
const safeName = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/
const longestName = 200

/** Windows refuses to replace a file while another program, often a virus scanner, has it open. */
const busyCodes: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY'])
const busyDelays = [10, 50, 200, 500]

function storeError(code: ErrorCode, what: string, path: string, cause: unknown): ModelError {
  return new ModelError({ code, message: `${path} could not be ${what}. ${describeDiskError(cause)}`, cause })
}

function pathOf(folder: string, name: string): string {
  if (name.length > longestName || !safeName.test(name)) {
    throw new ModelError({
      code: 'invalid-request',
      message: `"${name.slice(0, longestName)}" is no name for a stored document: use letters, digits, ".", "_", "-" and "/".`,
    })
  }
  return join(folder, ...name.split('/'))
}

async function replace(from: string, to: string): Promise<void> {
  for (const delay of process.platform === 'win32' ? busyDelays : []) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      if (!busyCodes.has(systemCodeOf(error) ?? '')) throw error
      await sleep(delay)
    }
  }
  await rename(from, to)
}

/** A rename survives a loss of power only when its folder is flushed; Windows cannot open folders. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  // Unique, so that two windows never write into one temporary file.
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(temporary, 'wx', fileMode)
    try {
      await handle.writeFile(text, 'utf8')
      await handle.sync()
    } finally {
      await handle.close()
    }
    await replace(temporary, path)
  } catch (error) {
    // The first failure says more than a second one would.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  await flushFolder(dirname(path))
}

/** One task at a time for each name, in the order in which they were asked for. */
function createQueues() {
  const tails = new Map<string, Promise<unknown>>()
  return async (name: string, task: () => Promise<void>): Promise<void> => {
    const before = tails.get(name) ?? Promise.resolve()
    const run = before.then(task, task)
    tails.set(name, run)
    try {
      await run
    } finally {
      if (tails.get(name) === run) tails.delete(name)
    }
  }
}

/**
 * Small documents below `folder`, which is made when the first one is written and is closed to other users.
 * Throws ModelError: `invalid-request` for an unsafe name, `forbidden` for a document that cannot be read,
 * `not-saved` for one that cannot be written or deleted; each names the path.
 */
export function createFileStore(folder: string): FileStore {
  const inOrder = createQueues()
  return {
    async read(name) {
      const path = pathOf(folder, name)
      try {
        return await readFile(path, 'utf8')
      } catch (error) {
        if (systemCodeOf(error) === 'ENOENT') return undefined
        throw storeError('forbidden', 'read', path, error)
      }
    },
    async write(name, text) {
      const path = pathOf(folder, name)
      await inOrder(name, async () => {
        try {
          await mkdir(dirname(path), { recursive: true, mode: folderMode })
          // Some network disks refuse; the documents themselves are closed to others in any case.
          await chmod(folder, folderMode).catch(() => undefined)
          await writeAtomically(path, text)
        } catch (error) {
          throw storeError('not-saved', 'saved', path, error)
        }
      })
    },
    async delete(name) {
      const path = pathOf(folder, name)
      await inOrder(name, async () => {
        try {
          await rm(path, { force: true })
        } catch (error) {
          throw storeError('not-saved', 'deleted', path, error)
        }
      })
    },
  }
}
