// Measurements without VS Code: a program of its own for each, in a Node 24 of its own.
import { join } from 'node:path'
import { installNode24, locateNode24 } from '../lib/node24.mjs'
import { root } from '../lib/paths.mjs'
import { run } from '../lib/processes.mjs'
import { buildPrograms } from './buildPrograms.mjs'

const timeoutMs = 5 * 60_000

/**
 * Runs `test/bench/NAME/program.ts`, whose last line of output is its figures as JSON.
 * @param {string} name
 * @param {import('../lib/progress.mjs').Step} step
 */
export async function runProgram(name, step) {
  await step('Node 24', installNode24)
  const folder = join(root, 'out', 'bench', name)
  await buildPrograms(folder, [join(root, 'test', 'bench', name, 'program.ts')], {
    splitting: true,
    minify: true,
    // Some packages of the references are CommonJS inside.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
  })
  const { path } = locateNode24()
  const { code, output } = await run(path, ['--no-warnings', join(folder, 'program.mjs')], { timeoutMs })
  if (code !== 0) throw new Error(`The program ended with ${code}: ${output.slice(-1_000)}`)
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}
