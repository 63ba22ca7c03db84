// Cuts each wire between settings, commands and what they do, in turn, and runs the unit tests that name it: one must fail.
//   npm run test:mutants
//   npm run test:mutants -- --grep cache     only the rows whose names have this in them
import { parseArgs } from 'node:util'
import { runMain } from './lib/errors.mjs'
import { root } from './lib/paths.mjs'
import { run } from './lib/processes.mjs'
import { createProgress } from './lib/progress.mjs'
import { setUpDependencies, setUpEngine } from './lib/setup.mjs'

const limitMs = 60 * 60_000

await runMain(async () => {
  const { values } = parseArgs({ options: { grep: { type: 'string', default: '' } } })
  const step = createProgress()
  await setUpDependencies(step)
  await setUpEngine(step)
  const args = ['--import', './test/register.mjs', './test/mutants/run.ts', '--grep', values.grep]
  const result = await run(process.execPath, args, { cwd: root, timeoutMs: limitMs, echo: true })
  return result.code
})
