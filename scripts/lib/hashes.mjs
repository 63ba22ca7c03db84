// Content hashes and the small files that remember them, so that nothing is done twice.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** @param {readonly (string | Buffer)[]} parts */
export function hash(...parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part).update('\0')
  return sum.digest('hex')
}

/** @param {string} path */
export async function hashFile(path) {
  return hash(await readFile(path))
}

/**
 * One hash over the names and contents of all files below a folder.
 * @param {string} folder
 * @param {(path: string) => boolean} isIncluded asked with each file's and folder's path relative to `folder`
 */
export async function hashTree(folder, isIncluded) {
  const paths = (await listFiles(folder, folder, isIncluded)).toSorted()
  const sums = await Promise.all(paths.map((path) => hashFile(join(folder, path))))
  return hash(...paths.flatMap((path, index) => [path, sums[index] ?? '']))
}

/**
 * @param {string} base
 * @param {string} folder
 * @param {(path: string) => boolean} isIncluded
 * @returns {Promise<string[]>}
 */
async function listFiles(base, folder, isIncluded) {
  const entries = await readdir(folder, { withFileTypes: true })
  const lists = entries.map(async (entry) => {
    const path = join(folder, entry.name)
    if (!isIncluded(relative(base, path))) return []
    if (entry.isDirectory()) return listFiles(base, path, isIncluded)
    return entry.isFile() ? [relative(base, path)] : []
  })
  return (await Promise.all(lists)).flat()
}

/**
 * What a stamp file says; undefined when there is none or it cannot be read as JSON.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function readStamp(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * @param {string} path
 * @param {unknown} value
 */
export async function writeStamp(path, value) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`)
}
