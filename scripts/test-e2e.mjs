// Runs test/e2e/**/*.test.ts, which drive a real VS Code in a browser.
//   npm run test:e2e -- --grep "status bar"
//   npm run test:e2e -- --pictures          writes the pictures into docs/pictures instead of out/pictures
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runMain, SetupError } from './lib/errors.mjs'
import { describeFailures, readSuite } from './lib/mocha-report.mjs'
import { root } from './lib/paths.mjs'
import { run } from './lib/processes.mjs'
import { createProgress } from './lib/progress.mjs'
import { setUpChromium, setUpDependencies, setUpVsCode, setUpVsix } from './lib/setup.mjs'

await runMain(async () => {
  const { values } = parseArgs({
    options: { grep: { type: 'string' }, report: { type: 'string' }, pictures: { type: 'boolean' } },
  })
  const step = createProgress()
  await setUpDependencies(step)
  await setUpVsix(step)
  await setUpVsCode(step)
  await setUpChromium(step)
  const report = values.report ?? join(root, 'out', 'reports', 'e2e.json')
  await rm(report, { force: true })
  const pictures = join(root, ...(values.pictures ? ['docs', 'pictures'] : ['out', 'pictures']))
  const result = await runMocha(report, pictures, values.grep)
  const suite = await readSuite(report, { code: result.code, name: 'the browser tests' })
  for (const title of suite.passed) console.log(`    ✔ ${title}`)
  if (suite.failed.length > 0) console.log(`${describeFailures(suite)}\n${result.output}`)
  console.log(`  ${suite.passed.length} passed, ${suite.failed.length} failed`)
  return suite.failed.length > 0 ? 1 : 0
})

/**
 * @param {string} report
 * @param {string} pictures
 * @param {string} [grep]
 */
async function runMocha(report, pictures, grep) {
  const folder = join('test', 'e2e')
  const files = (await readdir(join(root, folder), { recursive: true })).filter((name) =>
    name.endsWith('.test.ts'),
  )
  if (files.length === 0) throw new SetupError('There are no browser tests in test/e2e.')
  const mocha = ['--import', './test/register.mjs', join('node_modules', 'mocha', 'bin', 'mocha.js')]
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${report}`]
  const options = ['--timeout', '180000', '--slow', '60000', ...reporter, ...(grep ? ['--grep', grep] : [])]
  const args = [...mocha, ...options, ...files.toSorted().map((name) => join(folder, name))]
  return run(process.execPath, args, {
    env: { ...process.env, ROUNDHOUSE_PICTURES: pictures },
    timeoutMs: 900_000,
  })
}
