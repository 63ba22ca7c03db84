// Which files of a build a window has loaded a second after activation.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../lib/paths.mjs'

/** One server that nobody runs: nothing else is loaded of it than of one that answers. */
export const oneConnection = {
  'roundhouse.connections': [{ id: 'bench', provider: 'vllm', baseUrl: 'http://127.0.0.1:9/v1' }],
}

/**
 * @param {object} options
 * @param {string} options.node a Node 24
 * @param {string} options.dist the folder of the build, from the repository's root
 * @param {Readonly<Record<string, unknown>>} [options.settings] the user's; the defaults where absent
 * @returns {Promise<{ path: string, bytes: number }[]>} in the order in which they were loaded
 */
export async function filesLoadedAtStart({ node, dist, settings = {} }) {
  const program = ['--import', './test/register.mjs', 'test/bench/start/program.ts']
  const { stdout } = await promisify(execFile)(
    node,
    [...program, join(root, dist), JSON.stringify(settings)],
    { cwd: root },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** @param {readonly { bytes: number }[]} files */
export function sumOfBytes(files) {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}
