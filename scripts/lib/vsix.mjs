// The packed extension, built again only when something that goes into it has changed.
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SetupError } from './errors.mjs'
import { hashFile, hashTree, readStamp, writeStamp } from './hashes.mjs'
import { mustRunNpm } from './npm.mjs'
import { cache, root } from './paths.mjs'

const stamp = join(cache, 'stamps', 'vsix.json')
const notPacked = new Set([
  'node_modules',
  '.git',
  '.github',
  '.ci',
  'dist',
  'out',
  '.cache',
  'coverage',
  'docs',
  'test',
])

/**
 * The path of the current VSIX; ROUNDHOUSE_VSIX names one to be used as it is.
 * @returns {Promise<string>}
 */
export async function locateVsix() {
  const chosen = process.env.ROUNDHOUSE_VSIX
  if (chosen) {
    if (existsSync(chosen)) return resolve(chosen)
    throw new SetupError(`ROUNDHOUSE_VSIX names ${chosen}, which does not exist.`)
  }
  const made = await readStamp(stamp)
  if (made === undefined) throw new SetupError('There is no packed extension yet. Run: npm run package')
  return join(root, made.vsix)
}

/**
 * Builds and packs, unless the last VSIX was made from the same sources and is still there.
 * @returns {Promise<string | void>}
 */
export async function ensureVsix() {
  if (process.env.ROUNDHOUSE_VSIX) return `ROUNDHOUSE_VSIX: ${await locateVsix()}`
  const sources = await hashTree(
    root,
    (path) => !notPacked.has(path) && !/(^|\/)node_modules$|\.vsix$/.test(path),
  )
  const made = await readStamp(stamp)
  if (made?.sources === sources && (await isUnchanged(made))) return 'up to date'
  const start = Date.now()
  await mustRunNpm('Packing the extension', root, ['run', '--silent', 'package'])
  const vsix = await findNewest(start)
  await writeStamp(stamp, { sources, vsix, content: await hashFile(join(root, vsix)) })
}

/** @param {{ vsix: string, content: string }} made */
async function isUnchanged({ vsix, content }) {
  const path = join(root, vsix)
  return existsSync(path) && (await hashFile(path)) === content
}

/**
 * The VSIX written since a time, relative to the repository.
 * @param {number} since
 */
async function findNewest(since) {
  const folders = ['.', 'dist', 'out'].filter((folder) => existsSync(join(root, folder)))
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => join(folder, name))),
  )
  const packed = names.flat().filter((path) => path.endsWith('.vsix'))
  const times = await Promise.all(
    packed.map(async (path) => ({ path, time: (await stat(join(root, path))).mtimeMs })),
  )
  const newest = times.toSorted((a, b) => b.time - a.time)[0]
  if (newest === undefined || newest.time < since - 2000)
    throw new SetupError('npm run package wrote no VSIX.')
  return newest.path
}
