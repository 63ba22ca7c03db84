// The VS Code for the tests, fetched while the checks that need none are running.
import { canRunCodeServer } from './code-server-install.mjs'
import { describeError } from './errors.mjs'
import { setUpVsCode } from './setup.mjs'

/**
 * @param {import('./progress.mjs').Step} step
 * @returns {Promise<string | undefined>} what went wrong, if anything: never rejects
 */
export async function prepareHosts(step) {
  // The other host is small to fetch, and its tests do so themselves.
  if (process.env.ROUNDHOUSE_HOST === 'electron' || !canRunCodeServer()) return undefined
  return setUpVsCode(step).then(() => undefined, describeError)
}
