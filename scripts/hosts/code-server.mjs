// Runs the tests in code-server's extension host: a headless browser opens the workbench, which then starts the run.
import { join } from 'node:path'
import { chromiumFlags, requireChromium } from '../lib/chromium.mjs'
import { installVsix, startCodeServer } from '../lib/code-server.mjs'
import { createProfile } from '../lib/profile.mjs'
import { setUpChromium, setUpVsCode } from '../lib/setup.mjs'
import { createKeyboard } from './keyboard.mjs'

/** @returns {import('./index.mjs').TestHost} */
export function createCodeServerHost() {
  return {
    name: 'code-server',
    async prepare(step) {
      await setUpVsCode(step)
      await setUpChromium(step)
    },
    run: runInCodeServer,
  }
}

/**
 * @param {import('./index.mjs').HostRun} options
 * @returns {Promise<import('./index.mjs').HostResult>}
 */
async function runInCodeServer({ profile, vsix, settings, env, ...target }) {
  await createProfile({ profile, test: true, settings })
  await installVsix({ profile, vsix })
  const keyboard = await createKeyboard()
  const flags = ['--vscode-option', 'enable-smoke-test-driver']
  const all = { ...env, ROUNDHOUSE_TEST_KEYBOARD: keyboard.url }
  const server = await startCodeServer({ profile, env: all, flags })
  try {
    return await runInBrowser(server, { profile, keyboard, ...target })
  } finally {
    await server.stop()
    await keyboard.close()
  }
}

/**
 * @typedef {Pick<import('./index.mjs').HostRun, 'profile' | 'developmentPath' | 'testsPath' | 'folder' | 'timeoutMs'>} Target
 *
 * @param {import('../lib/code-server.mjs').Server} server
 * @param {Target & { keyboard: import('./keyboard.mjs').Keyboard }} target
 */
async function runInBrowser(server, { profile, folder, timeoutMs, keyboard, ...paths }) {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath: await requireChromium(), args: [...chromiumFlags] })
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    keyboard.connect(page)
    const ending = observeRun(page, server, timeoutMs)
    await page.goto(testUrl(server, folder, paths))
    const result = await ending
    if (result.code !== 0)
      await page.screenshot({ path: join(profile, 'at-the-end.png') }).catch(() => undefined)
    return result
  } finally {
    await browser.close()
  }
}

/**
 * Collects the host's console until the run ends: by its own report, with the server, or by the time limit.
 * @param {import('playwright-core').Page} page
 * @param {import('../lib/code-server.mjs').Server} server
 * @param {number} timeoutMs
 * @returns {Promise<import('./index.mjs').HostResult>}
 */
function observeRun(page, server, timeoutMs) {
  /** @type {string[]} */
  const lines = []
  return new Promise((resolve) => {
    /** @param {number} code */
    const end = (code, reason = '') => {
      clearTimeout(timer)
      resolve({ code, log: [...lines, reason].join('\n').trim() })
    }
    const timer = setTimeout(() => end(1, `Ended after ${timeoutMs / 1000} s: the time limit.`), timeoutMs)
    void server.ended.then(() => end(1, 'code-server ended before the tests did.'))
    const log = (/** @type {string} */ _type, /** @type {unknown[]} */ args) =>
      void lines.push(args.map(String).join(' '))
    const exit = (/** @type {number} */ code) => end(code)
    page.exposeFunction('codeAutomationLog', log).catch((error) => end(1, String(error)))
    page.exposeFunction('codeAutomationExit', exit).catch((error) => end(1, String(error)))
  })
}

/**
 * @param {import('../lib/code-server.mjs').Server} server
 * @param {string} folder
 * @param {{ developmentPath: string, testsPath: string }} paths
 */
function testUrl(server, folder, { developmentPath, testsPath }) {
  const remote = `vscode-remote://127.0.0.1:${server.port}`
  const payload = [
    ['extensionDevelopmentPath', `${remote}${developmentPath}`],
    ['extensionTestsPath', `${remote}${testsPath}`],
    ['skipWelcome', 'true'],
  ]
  return `${server.origin}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`
}
