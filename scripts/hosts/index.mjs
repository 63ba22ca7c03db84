// The two ways to run tests inside a real VS Code, behind one interface.
import { canRunCodeServer } from '../lib/code-server-install.mjs'
import { SetupError } from '../lib/errors.mjs'
import { createCodeServerHost } from './code-server.mjs'
import { createElectronHost } from './electron.mjs'

/**
 * @typedef {object} HostRun
 * @property {string} profile an empty folder for this run's state
 * @property {string} vsix the packed extension under test
 * @property {string} developmentPath the folder of the tests' own small extension
 * @property {string} testsPath a CommonJS module that exports `run(): Promise<void>`
 * @property {string} folder the workspace folder to open
 * @property {Record<string, unknown>} settings user settings
 * @property {NodeJS.ProcessEnv} env what the extension host sees, besides what it needs
 * @property {number} timeoutMs
 *
 * @typedef {object} HostResult
 * @property {number} code 0 when `run()` resolved
 * @property {string} log what the extension host wrote to its console, and why it ended if not by itself
 *
 * @typedef {object} TestHost
 * @property {string} name
 * @property {(step: import('../lib/progress.mjs').Step) => Promise<void>} prepare fetches what the host needs
 * @property {(run: HostRun) => Promise<HostResult>} run starts a VS Code, runs the tests in it and ends it
 */

const hosts = { 'code-server': createCodeServerHost, electron: createElectronHost }

/**
 * The host named by ROUNDHOUSE_HOST, otherwise the one that suits this platform.
 * @returns {TestHost}
 */
export function chooseHost() {
  const name = process.env.ROUNDHOUSE_HOST || (canRunCodeServer() ? 'code-server' : 'electron')
  if (name === 'code-server' || name === 'electron') return hosts[name]()
  throw new SetupError(`ROUNDHOUSE_HOST is "code-server" or "electron", not "${name}".`)
}
