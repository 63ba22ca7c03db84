// `npm test`: sets up whatever the tests need, runs every check and every suite, and counts. Needs only Node 20 and npm.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError, runMain } from './lib/errors.mjs'
import { describeAttempts, describeFailures, readSuite, secondAttemptMark } from './lib/mocha-report.mjs'
import { runNpm } from './lib/npm.mjs'
import { root } from './lib/paths.mjs'
import { createProgress, formatSeconds } from './lib/progress.mjs'
import { setUpDependencies, setUpEngine, setUpVsix } from './lib/setup.mjs'
import { prepareHosts } from './lib/test-hosts.mjs'

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} [script] the npm script to run; without one, the extension is built and packed
 * @property {'json' | 'own'} [suite] counts its tests: of plain mocha, or of a script that takes --report
 * @property {boolean} [needsHosts] waits for the VS Code that is being installed meanwhile
 *
 * @typedef {{ passed: number, failed: number, again?: number }} Count
 */

/** @type {readonly Check[]} */
const checks = [
  { name: 'types', script: 'check:types' },
  { name: 'lint', script: 'check:lint' },
  { name: 'format', script: 'check:format' },
  { name: 'unused code', script: 'check:unused' },
  { name: 'generated files', script: 'check:generated' },
  { name: 'unit tests', script: 'test:unit', suite: 'json' },
  { name: 'contract tests', script: 'test:contract', suite: 'json' },
  { name: 'build and package' },
  { name: 'tests in VS Code', script: 'test:vscode', suite: 'own', needsHosts: true },
  { name: 'browser tests', script: 'test:e2e', suite: 'own', needsHosts: true },
]

await runMain(async () => {
  const start = Date.now()
  const step = createProgress()
  const total = { passed: 0, failed: 0, again: 0 }
  const hosts = prepareHosts(step)
  const problem = await settle(setUpDependencies(step).then(() => setUpEngine(step)))
  if (problem !== undefined) {
    console.log(`${problem}\n\nWithout its dependencies nothing can be tested.`)
    total.failed += checks.length
  }
  for (const check of problem === undefined ? checks : []) {
    const count = await runCheck(check, step, hosts)
    total.passed += count.passed
    total.failed += count.failed
    total.again += count.again ?? 0
  }
  await hosts
  console.log(`\n${formatSeconds(Date.now() - start)}\n${describeAttempts(total.again)}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed > 0 ? 1 : 0
})

/**
 * @param {Check} check
 * @param {import('./lib/progress.mjs').Step} step
 * @param {Promise<string | undefined>} hosts what went wrong with them, if anything
 * @returns {Promise<Count>}
 */
async function runCheck(check, step, hosts) {
  const problem = check.needsHosts ? await hosts : undefined
  if (problem !== undefined) return report(check, 0, { passed: 0, failed: 1 }, problem)
  if (check.script === undefined) {
    const failure = await settle(setUpVsix(step))
    if (failure !== undefined) console.log(failure)
    return failure === undefined ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  }
  const start = Date.now()
  const path = join(root, 'out', 'reports', `${check.script.replace(':', '-')}.json`)
  await rm(path, { force: true })
  const args = ['run', '--silent', check.script, ...reportArguments(check, path)]
  const { code, output } = await runNpm(root, args, { timeoutMs: 1_200_000 })
  const elapsed = Date.now() - start
  if (check.suite === undefined) {
    return report(check, elapsed, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }, output)
  }
  const suite = await readSuite(path, { code, name: check.name })
  const again = suite.secondAttempts.length
  const count = { passed: suite.passed.length, failed: suite.failed.length, again }
  // A script of ours has already told its failures in its output.
  return report(
    check,
    elapsed,
    count,
    check.suite === 'own' ? output : `${output}\n${describeFailures(suite)}`,
  )
}

/**
 * @param {Check} check
 * @param {string} path
 */
function reportArguments({ suite }, path) {
  if (suite === undefined) return []
  return suite === 'own'
    ? ['--', '--report', path]
    : ['--', '--reporter', 'json', '--reporter-option', `output=${path}`]
}

/**
 * Prints a check's line, and what it said when it failed.
 * @param {Check} check
 * @param {number} elapsed
 * @param {Count} count
 * @param {string} output
 * @returns {Count}
 */
function report({ name, suite }, elapsed, count, output) {
  const numbers = suite === undefined ? '' : ` (${count.passed} passed, ${count.failed} failed)`
  console.log(`  ${count.failed > 0 ? '✖' : '✔'} ${name} ${formatSeconds(elapsed)}${numbers}`)
  if (count.failed > 0) console.log(`${output.trimEnd()}\n`)
  else for (const line of output.split('\n')) if (line.includes(secondAttemptMark)) console.log(line)
  return count
}

/**
 * @param {Promise<void>} work
 * @returns {Promise<string | undefined>} why it failed
 */
function settle(work) {
  return work.then(() => undefined, describeError)
}
