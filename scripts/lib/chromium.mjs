// The browser that drives VS Code in the tests.
import { existsSync } from 'node:fs'
import { SetupError } from './errors.mjs'
import { findOnPath } from './processes.mjs'
import { aptInstall, isDebian, isRoot, isUbuntu } from './system.mjs'

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Everything that a test browser should not do, and no sandbox, which containers rarely allow. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The browser's executable, from ROUNDHOUSE_CHROMIUM, the PATH or playwright's own folder.
 * @returns {Promise<string | undefined>}
 */
async function findChromium() {
  const chosen = process.env.ROUNDHOUSE_CHROMIUM
  if (chosen) {
    if (existsSync(chosen)) return chosen
    throw new SetupError(`ROUNDHOUSE_CHROMIUM names ${chosen}, which does not exist.`)
  }
  const installed =
    commands.map(findOnPath).find((path) => path !== undefined) ?? macApplications.find(existsSync)
  return installed ?? (await findPlaywrightChromium())
}

/**
 * Needs the project's dependencies first.
 * @returns {Promise<string | void>}
 */
export async function ensureChromium() {
  if ((await findChromium()) !== undefined) return 'present'
  const mayInstall = isRoot() && isDebian() && !isUbuntu()
  if (mayInstall) {
    await aptInstall(['chromium'])
    return 'installed chromium'
  }
  throw new SetupError(`The tests need a Chromium or Chrome.\nInstall one with: ${installCommand()}
or name yours in the environment variable ROUNDHOUSE_CHROMIUM.`)
}

/** @returns {Promise<string>} */
export async function requireChromium() {
  const path = await findChromium()
  if (path === undefined)
    throw new SetupError(`There is no Chromium or Chrome. Install one with: ${installCommand()}`)
  return path
}

function installCommand() {
  return isDebian() && !isUbuntu()
    ? 'sudo apt-get install -y chromium'
    : 'npx playwright-core install --with-deps chromium'
}

async function findPlaywrightChromium() {
  const { chromium } = await import('playwright-core')
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}
