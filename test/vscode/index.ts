// What VS Code calls inside its extension host: runs the bundled tests of one folder with mocha.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'

/**
 * Resolves when all tests have passed, rejects when one has not.
 * The outcome is written as JSON to the file that ROUNDHOUSE_TEST_REPORT names.
 */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha')
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    reporter: 'json',
    reporterOptions: { output: env['ROUNDHOUSE_TEST_REPORT'] },
    ...(env['ROUNDHOUSE_TEST_GREP'] ? { grep: env['ROUNDHOUSE_TEST_GREP'] } : {}),
  })
  const folder = join(__dirname, env['ROUNDHOUSE_TEST_FOLDER'] ?? '')
  const names = readdirSync(folder).filter((name) => name.endsWith('.test.js'))
  for (const name of names) mocha.addFile(join(folder, name))
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve)
  })
  if (failures > 0) throw new Error(`${failures} tests failed.`)
}
