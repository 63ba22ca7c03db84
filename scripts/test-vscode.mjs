// Runs test/vscode/**/*.test.ts inside a real VS Code into which the packed extension is installed.
//   npm run test:vscode -- --grep "model picker"
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chooseHost } from './hosts/index.mjs'
import { runMain } from './lib/errors.mjs'
import { describeFailures, readSuite } from './lib/mocha-report.mjs'
import { root } from './lib/paths.mjs'
import { testEnvironment } from './lib/profile.mjs'
import { createProgress, formatSeconds } from './lib/progress.mjs'
import { setUpDependencies, setUpVsix } from './lib/setup.mjs'
import { bundleVsCodeTests } from './lib/vscode-tests.mjs'
import { locateVsix } from './lib/vsix.mjs'

await runMain(async () => {
  const { values } = parseArgs({
    options: { grep: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' } },
  })
  const step = createProgress()
  const host = chooseHost()
  await setUpDependencies(step)
  await setUpVsix(step)
  await host.prepare(step)
  const profile = await mkdtemp(join(tmpdir(), 'roundhouse-test-'))
  const report = values.report ?? join(root, 'out', 'reports', 'vscode.json')
  await rm(report, { force: true })
  const start = Date.now()
  const result = await host.run({
    ...(await prepareRun(profile, report, values.grep)),
    vsix: await locateVsix(),
  })
  const suite = await readSuite(report, { code: result.code, name: 'the tests in VS Code' })
  printSuite(suite, result, `${host.name}, ${formatSeconds(Date.now() - start)}`)
  if (values.keep || suite.failed.length > 0) console.log(`  The profile with its logs is kept: ${profile}`)
  else await rm(profile, { recursive: true, force: true })
  return suite.failed.length > 0 ? 1 : 0
})

/**
 * @param {string} profile
 * @param {string} report
 * @param {string} [grep]
 */
async function prepareRun(profile, report, grep) {
  const folder = join(profile, 'workspace')
  await mkdir(folder, { recursive: true })
  const { developmentPath, testsPath, settings } = await bundleVsCodeTests()
  const env = testEnvironment(profile, { ROUNDHOUSE_TEST_REPORT: report, ROUNDHOUSE_TEST_GREP: grep ?? '' })
  return { profile, folder, developmentPath, testsPath, settings, env, timeoutMs: 300_000 }
}

/**
 * @param {import('./lib/mocha-report.mjs').Suite} suite
 * @param {import('./hosts/index.mjs').HostResult} result
 * @param {string} remark
 */
function printSuite(suite, result, remark) {
  for (const title of suite.passed) console.log(`    ✔ ${title}`)
  if (suite.failed.length > 0) console.log(describeFailures(suite))
  // The console is mostly VS Code's own chatter: worth its length only when nothing else tells what happened.
  if (suite.passed.length === 0) console.log(`\n  VS Code's console:\n${result.log}\n`)
  console.log(`  ${suite.passed.length} passed, ${suite.failed.length} failed (${remark})`)
}
