// Runs test/e2e/**/*.test.ts, which drive a real VS Code in a browser.
//   npm run test:e2e -- --grep "status bar"
//   npm run test:e2e -- --pictures          writes the pictures into docs/pictures instead of out/pictures
//   npm run test:e2e -- --attempts 1        gives no file a second attempt
// A browser on a busy machine fails for reasons of its own: the files with failures run once more, in a fresh VS Code, and
// what only then passed is named.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runMain, SetupError } from './lib/errors.mjs'
import {
  describeAttempts,
  describeFailures,
  readFailures,
  readSuite,
  replaceInReport,
  secondAttemptMark,
} from './lib/mocha-report.mjs'
import { root } from './lib/paths.mjs'
import { run } from './lib/processes.mjs'
import { createProgress } from './lib/progress.mjs'
import { setUpChromium, setUpDependencies, setUpVsCode, setUpVsix } from './lib/setup.mjs'

/**
 * @typedef {object} Run
 * @property {string} report
 * @property {string} pictures
 * @property {string | undefined} grep
 */

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      grep: { type: 'string' },
      report: { type: 'string', default: join(root, 'out', 'reports', 'e2e.json') },
      pictures: { type: 'boolean' },
      attempts: { type: 'string', default: '2' },
    },
  })
  const step = createProgress()
  await setUpDependencies(step)
  await setUpVsix(step)
  await setUpVsCode(step)
  await setUpChromium(step)
  const { report, grep } = values
  const pictures = join(root, ...(values.pictures ? ['docs', 'pictures'] : ['out', 'pictures']))
  const files = await findFiles()
  let result = await runMocha(files, { report, pictures, grep })
  const shaky = values.attempts === '1' ? [] : await readFailures(report)
  if (shaky.length > 0) result = await runAgain(shaky, { report, pictures, grep })
  const suite = await readSuite(report, { code: result.code, name: 'the browser tests' })
  for (const title of suite.passed) console.log(`    ✔ ${title}`)
  for (const { fullTitle, err } of shaky)
    console.log(`    ${secondAttemptMark} failed at the first attempt: ${fullTitle}: ${err.message}`)
  if (suite.failed.length > 0) console.log(`${describeFailures(suite)}\n${result.output}`)
  console.log(`  ${describeAttempts(suite.secondAttempts.length)}`)
  console.log(`  ${suite.passed.length} passed, ${suite.failed.length} failed`)
  return suite.failed.length > 0 ? 1 : 0
})

async function findFiles() {
  const folder = join('test', 'e2e')
  const names = await readdir(join(root, folder), { recursive: true })
  const files = names.filter((name) => name.endsWith('.test.ts')).toSorted()
  if (files.length === 0) throw new SetupError('There are no browser tests in test/e2e.')
  return files.map((name) => join(folder, name))
}

/**
 * @param {readonly string[]} files
 * @param {Run} run
 */
async function runMocha(files, { report, pictures, grep }) {
  await rm(report, { force: true })
  const mocha = ['--import', './test/register.mjs', join('node_modules', 'mocha', 'bin', 'mocha.js')]
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${report}`]
  const options = ['--timeout', '180000', '--slow', '60000', ...reporter, ...(grep ? ['--grep', grep] : [])]
  return run(process.execPath, [...mocha, ...options, ...files], {
    env: { ...process.env, ROUNDHOUSE_PICTURES: pictures },
    timeoutMs: 900_000,
  })
}

/**
 * Runs the files of these failures again, and puts their outcome into the report in place of the first.
 * @param {readonly import('./lib/mocha-report.mjs').TestReport[]} failures
 * @param {Run} first
 */
async function runAgain(failures, first) {
  const files = [...new Set(failures.map(({ file }) => file))]
  const report = `${first.report}.second`
  const result = await runMocha(files, { ...first, report })
  await replaceInReport(first.report, { files, by: report })
  return result
}
