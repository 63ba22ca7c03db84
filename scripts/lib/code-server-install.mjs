// Installs code-server from npm, apart from the project's own dependencies and once per version.
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { locateNode24 } from './node24.mjs'
import { mustRunNpm } from './npm.mjs'
import { cache, codeServerVersion } from './paths.mjs'

const folder = join(cache, `code-server-${codeServerVersion}`)

/** The program to be run by Node 24. */
export const codeServerEntry = join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js')

/** Whether code-server exists for this platform at all. */
export function canRunCodeServer() {
  return process.platform === 'linux' || process.platform === 'darwin'
}

/**
 * Needs the system's build tools and `installNode24` first.
 * @returns {Promise<string | void>}
 */
export async function installCodeServer() {
  if (existsSync(codeServerEntry)) return 'up to date'
  // Renamed when complete, so that an interrupted installation is never taken for a whole one.
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const manifest = { private: true, dependencies: { 'code-server': codeServerVersion } }
  await writeFile(join(partial, 'package.json'), JSON.stringify(manifest))
  await mustRunNpm('Installing code-server', partial, ['install', '--no-fund', '--no-audit'], buildSettings())
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}

function buildSettings() {
  const node = locateNode24()
  return {
    node: node.path,
    env: {
      // A machine whose npm is configured with another `nodedir` would build for the wrong Node.
      npm_config_nodedir: node.root,
      // code-server builds native modules in nested installations, which `allowScripts` of one manifest does not reach.
      npm_config_dangerously_allow_all_scripts: 'true',
    },
  }
}
