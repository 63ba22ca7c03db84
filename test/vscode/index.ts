// What VS Code calls inside its extension host: runs every bundled test beside this file with mocha.
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
    timeout: 30_000,
    reporter: 'json',
    reporterOptions: { output: env['ROUNDHOUSE_TEST_REPORT'] },
    ...(env['ROUNDHOUSE_TEST_GREP'] ? { grep: env['ROUNDHOUSE_TEST_GREP'] } : {}),
  })
  const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  for (const name of names.filter((path) => path.endsWith('.test.js'))) mocha.addFile(join(__dirname, name))
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve)
  })
  if (failures > 0) throw new Error(`${failures} tests failed.`)
}
