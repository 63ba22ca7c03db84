// Runs the tests in a desktop VS Code that @vscode/test-electron downloads. For machines with a display (or xvfb).
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import { cache } from '../lib/paths.mjs'
import { createProfile } from '../lib/profile.mjs'

/** @returns {import('./index.mjs').TestHost} */
export function createElectronHost() {
  const version = process.env.ROUNDHOUSE_VSCODE_VERSION || 'stable'
  let executable = ''
  return {
    name: `desktop VS Code (${version})`,
    async prepare(step) {
      await step('desktop VS Code', async () => {
        const { downloadAndUnzipVSCode } = await import('@vscode/test-electron')
        executable = await downloadAndUnzipVSCode({ version, cachePath: join(cache, 'vscode-test') })
      })
    },
    run: (options) => runInElectron(executable, options),
  }
}

/**
 * @param {string} executable
 * @param {import('./index.mjs').HostRun} options
 * @returns {Promise<import('./index.mjs').HostResult>}
 */
async function runInElectron(executable, { profile, vsix, settings, env, folder, ...target }) {
  const { runTests } = await import('@vscode/test-electron')
  await createProfile({ profile, test: true, settings })
  const folders = [
    '--user-data-dir',
    join(profile, 'user-data'),
    '--extensions-dir',
    join(profile, 'extensions'),
  ]
  await installInto(executable, folders, vsix)
  const output = collect()
  const limit = AbortSignal.timeout(target.timeoutMs)
  const run = runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: target.developmentPath,
    extensionTestsPath: target.testsPath,
    extensionTestsEnv: { ...env },
    launchArgs: [folder, ...folders, '--skip-welcome', '--skip-release-notes'],
    stdout: output.stream,
    stderr: output.stream,
  })
  const late = new Promise((_resolve, reject) => limit.addEventListener('abort', () => reject(limit.reason)))
  const failure = await Promise.race([run, late]).then(() => undefined, String)
  return { code: failure === undefined ? 0 : 1, log: `${output.text()}${failure ?? ''}` }
}

/**
 * @param {string} executable
 * @param {readonly string[]} folders
 * @param {string} vsix
 */
async function installInto(executable, folders, vsix) {
  const { resolveCliPathFromVSCodeExecutablePath } = await import('@vscode/test-electron')
  const cli = resolveCliPathFromVSCodeExecutablePath(executable)
  const args = [...folders, '--install-extension', vsix, '--force']
  await promisify(execFile)(cli, args, { shell: process.platform === 'win32' })
}

function collect() {
  const stream = new PassThrough()
  /** @type {string[]} */
  const chunks = []
  stream.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk))
  return { stream, text: () => chunks.join('') }
}
