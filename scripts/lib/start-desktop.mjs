// `npm start -- --desktop`: the VS Code that the user has installed, with the user's own profile.
import { join } from 'node:path'
import { SetupError } from './errors.mjs'
import { cache } from './paths.mjs'
import { findOnPath, run } from './processes.mjs'
import { copySample } from './profile.mjs'
import { setUpDependencies, setUpVsix } from './setup.mjs'
import { locateVsix } from './vsix.mjs'

/** @param {import('./progress.mjs').Step} step */
export async function openDesktop(step) {
  const code = findOnPath('code')
  if (code === undefined) {
    throw new SetupError(
      'There is no "code" on the PATH. Install VS Code, run its command "Shell Command: Install \'code\' command in PATH",\nor start one in the browser: npm start',
    )
  }
  console.log('Setting up Roundhouse')
  await setUpDependencies(step)
  await setUpVsix(step)
  await step('extension installed', async () =>
    mustRunCode(code, ['--install-extension', await locateVsix(), '--force']),
  )
  const folder = await copySample(join(cache, 'start'))
  await step('VS Code opened', () => mustRunCode(code, ['--new-window', folder]))
}

/**
 * @param {string} code
 * @param {readonly string[]} args
 */
async function mustRunCode(code, args) {
  const result = await run(code, args)
  if (result.code !== 0)
    throw new SetupError(`${result.output}\n"code ${args.join(' ')}" ended with code ${result.code}.`)
}
