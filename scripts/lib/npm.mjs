// Calls npm, also from inside an npm script, whose own settings must not leak into another folder's installation.
import { delimiter, dirname } from 'node:path'
import { SetupError } from './errors.mjs'
import { run } from './processes.mjs'

/**
 * @typedef {object} NpmOptions
 * @property {string} [node] the Node that runs npm (default: the one running now)
 * @property {NodeJS.ProcessEnv} [env] variables to add
 */

/**
 * @param {string} cwd
 * @param {readonly string[]} args
 * @param {NpmOptions & import('./processes.mjs').RunOptions} [options]
 */
export function runNpm(cwd, args, options = {}) {
  const { node = process.execPath, env = {}, ...rest } = options
  const cli = process.env.npm_execpath
  const merged = { ...cleanEnvironment(node), ...env }
  return cli?.endsWith('.js')
    ? run(node, [cli, ...args], { cwd, env: merged, ...rest })
    : run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd, env: merged, ...rest })
}

/**
 * As `runNpm`, but a failure is an error that carries what npm said.
 * @param {string} what
 * @param {string} cwd
 * @param {readonly string[]} args
 * @param {NpmOptions} [options]
 */
export async function mustRunNpm(what, cwd, args, options) {
  const { code, output } = await runNpm(cwd, args, options)
  if (code !== 0)
    throw new SetupError(`${output}\n${what} failed: npm ${args.join(' ')} ended with code ${code}.`)
}

/** @param {string} node */
function cleanEnvironment(node) {
  const inherited = Object.entries(process.env).filter(([name]) => !setByNpmRun.test(name))
  return { ...Object.fromEntries(inherited), PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
}

const setByNpmRun =
  /^npm_(package|lifecycle|command|config_(local_prefix|prefix|user_agent|node_gyp|init_module))/
