// The project's own npm packages, installed only when the lock file has changed.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hash, hashFile, readStamp, writeStamp } from './hashes.mjs'
import { mustRunNpm } from './npm.mjs'
import { root } from './paths.mjs'

/** @returns {Promise<string | void>} */
export async function installDependencies() {
  const modules = join(root, 'node_modules')
  // Inside node_modules, so that removing that folder removes the stamp.
  const stamp = join(modules, '.roundhouse-installed.json')
  const key = hash(await hashFile(join(root, 'package-lock.json')), process.platform, process.arch)
  if ((await readStamp(stamp))?.key === key) return 'up to date'
  if (await isInstalled(modules)) {
    await writeStamp(stamp, { key })
    return 'up to date'
  }
  await mustRunNpm('Installing the dependencies', root, ['ci', '--no-fund', '--no-audit'])
  await writeStamp(stamp, { key })
}

/**
 * Whether a plain `npm install` has already put in place what the lock file says.
 * @param {string} modules
 */
async function isInstalled(modules) {
  if (!existsSync(join(modules, 'node', 'bin'))) return false
  const installed = await readStamp(join(modules, '.package-lock.json'))
  const wanted = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  if (installed?.packages === undefined) return false
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) =>
      path === '' || installed.packages[path]?.version === version || optional === true,
  )
}
