// Runs the suites that inject faults and fuzz.
//   npm run test:faults                  as much as each commit does
//   npm run test:faults -- --full        ten times as much
//   npm run test:faults -- --seed 1234   the same mutants as a failure's
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runMain } from './lib/errors.mjs'
import { root } from './lib/paths.mjs'
import { run } from './lib/processes.mjs'
import { createProgress } from './lib/progress.mjs'
import { setUpDependencies, setUpEngine } from './lib/setup.mjs'

const suites = [
  'test/contract/streams.test.ts',
  'test/contract/malformedStreams.test.ts',
  'test/contract/cancellation.test.ts',
  'test/contract/faults.test.ts',
  'test/contract/failingCalls.test.ts',
  'test/contract/errors.test.ts',
  'test/contract/connections.test.ts',
  'test/unit/platform/llama/**/*.test.ts',
  'test/unit/platform/fileStore.test.ts',
  'test/unit/platform/cache/*.test.ts',
  'test/unit/core/registry/*.test.ts',
  'test/unit/core/storage/*.test.ts',
  'test/unit/core/usage/*.test.ts',
  'test/unit/platform/sqlite/*.test.ts',
  'test/unit/providers/shared/**/*.test.ts',
]

/** Milliseconds. The long run may take hours. */
const timeLimits = { short: 20 * 60_000, full: 6 * 60 * 60_000 }

await runMain(async () => {
  const { values } = parseArgs({ options: { full: { type: 'boolean' }, seed: { type: 'string' } } })
  const step = createProgress()
  await setUpDependencies(step)
  await setUpEngine(step)
  const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js')
  const env = {
    ...process.env,
    ...(values.full ? { ROUNDHOUSE_FAULTS: 'full' } : {}),
    ...(values.seed ? { ROUNDHOUSE_SEED: values.seed } : {}),
  }
  const result = await run(process.execPath, ['--import', './test/register.mjs', mocha, ...suites], {
    cwd: root,
    env,
    timeoutMs: values.full ? timeLimits.full : timeLimits.short,
    echo: true,
  })
  return result.code
})
