// Runs test/vscode/**/*.test.ts inside a real VS Code into which the packed extension is installed: the tests of each
// folder of `runs` in a VS Code of their own.
//   npm run test:vscode -- --grep "model picker"
//   npm run test:vscode -- --run restricted
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chooseHost } from './hosts/index.mjs'
import { runMain } from './lib/errors.mjs'
import { writeStamp } from './lib/hashes.mjs'
import { describeFailures, readSuite } from './lib/mocha-report.mjs'
import { root } from './lib/paths.mjs'
import { testEnvironment } from './lib/profile.mjs'
import { createProgress, formatSeconds } from './lib/progress.mjs'
import { setUpDependencies, setUpVsix } from './lib/setup.mjs'
import { bundleVsCodeTests, readTestSettings } from './lib/vscode-tests.mjs'
import { locateVsix } from './lib/vsix.mjs'

/**
 * @typedef {import('./lib/mocha-report.mjs').Suite} Suite
 * @typedef {import('./hosts/index.mjs').TestHost} TestHost
 * @typedef {{ developmentPath: string, testsPath: string, vsix: string }} Built
 * @typedef {{ grep: string, keep: boolean }} Wishes
 */

/** Names, and the folders of test/vscode. */
const runs = { trusted: '.', restricted: 'restricted' }

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      grep: { type: 'string', default: '' },
      run: { type: 'string' },
      report: { type: 'string', default: join(root, 'out', 'reports', 'vscode.json') },
      keep: { type: 'boolean', default: false },
    },
  })
  const step = createProgress()
  const host = chooseHost()
  await setUpDependencies(step)
  await setUpVsix(step)
  await host.prepare(step)
  const built = { ...(await bundleVsCodeTests()), vsix: await locateVsix() }
  const chosen = Object.entries(runs).filter(([name]) => name === (values.run ?? name))
  // Each spends much of its time waiting for its VS Code to come up.
  const suites = await Promise.all(
    chosen.map(([name, folder]) => runFolder(host, built, { name, folder }, values)),
  )
  const all = {
    passed: suites.flatMap(({ passed }) => passed),
    failed: suites.flatMap(({ failed }) => failed),
    secondAttempts: [],
  }
  if (all.passed.length + all.failed.length === 0)
    all.failed.push({ title: 'VS Code', reason: 'ran no test.' })
  await writeReport(values.report, all)
  console.log(`  ${all.passed.length} passed, ${all.failed.length} failed`)
  return all.failed.length > 0 ? 1 : 0
})

/**
 * @param {TestHost} host
 * @param {Built} built
 * @param {{ name: string, folder: string }} tests
 * @param {Wishes} wishes
 * @returns {Promise<Suite>}
 */
async function runFolder(host, built, { name, folder }, { grep, keep }) {
  const profile = await mkdtemp(join(tmpdir(), `roundhouse-test-${name}-`))
  const report = join(profile, 'report.json')
  const workspace = join(profile, 'workspace')
  await mkdir(workspace)
  const settings = await readTestSettings(folder)
  const env = testEnvironment(profile, {
    ROUNDHOUSE_TEST_REPORT: report,
    ROUNDHOUSE_TEST_FOLDER: folder,
    ROUNDHOUSE_TEST_GREP: grep,
  })
  const start = Date.now()
  const result = await host.run({ ...built, profile, folder: workspace, settings, env, timeoutMs: 900_000 })
  const { passed, failed, secondAttempts } = await readSuite(report, {
    code: result.code,
    name: `the ${name} tests`,
  })
  for (const title of passed) console.log(`    ✔ ${title}`)
  // With --grep, not every VS Code has a test to run.
  const suite = {
    passed,
    failed: grep === '' ? failed : failed.filter(({ reason }) => reason !== 'ran no test.'),
    secondAttempts,
  }
  if (suite.failed.length > 0) console.log(describeFailures(suite))
  // The console is mostly VS Code's own chatter: worth its length only when nothing else tells what happened.
  if (passed.length === 0 && suite.failed.length > 0) console.log(`\n  VS Code's console:\n${result.log}\n`)
  console.log(`  ${name}: ${host.name}, ${formatSeconds(Date.now() - start)}`)
  if (keep || suite.failed.length > 0) console.log(`  The profile with its logs is kept: ${profile}`)
  else await rm(profile, { recursive: true, force: true })
  return suite
}

/**
 * One report of all runs, as mocha's JSON reporter would have written it.
 * @param {string} path
 * @param {Suite} suite
 */
async function writeReport(path, { passed, failed }) {
  const passes = passed.map((fullTitle) => ({ fullTitle }))
  const failures = failed.map(({ title, reason }) => ({ fullTitle: title, err: { message: reason } }))
  await writeStamp(path, { passes, failures, pending: [] })
}
