// All of the set-up that the one-command scripts share.
import { existsSync } from 'node:fs'
import { ensureChromium } from './chromium.mjs'
import { canRunCodeServer, codeServerEntry, installCodeServer } from './code-server-install.mjs'
import { installDependencies } from './dependencies.mjs'
import { SetupError } from './errors.mjs'
import { installNode24 } from './node24.mjs'
import { mustRunNpm } from './npm.mjs'
import { root } from './paths.mjs'
import { buildTools, ensureSystemPackages } from './system.mjs'
import { ensureVsix } from './vsix.mjs'

/** @typedef {import('./progress.mjs').Step} Step */

/** @param {Step} step */
export function setUpDependencies(step) {
  return step('dependencies', installDependencies)
}

/**
 * The embedded engine in the working tree: its types and its tests need it before anything is packed.
 * Needs the dependencies.
 * @param {Step} step
 */
export function setUpEngine(step) {
  return step('embedded engine', () =>
    mustRunNpm('Installing the embedded engine', root, ['run', '--silent', 'engine']),
  )
}

/**
 * A VS Code that runs without a display.
 * @param {Step} step
 */
export async function setUpVsCode(step) {
  if (!canRunCodeServer()) {
    throw new SetupError(
      'code-server runs on Linux and macOS only. Use a desktop VS Code here: npm start -- --desktop',
    )
  }
  if (!existsSync(codeServerEntry)) {
    await step('system packages', () => ensureSystemPackages(buildTools))
  }
  await step('Node 24 for VS Code', installNode24)
  await step('VS Code', installCodeServer)
}

/**
 * Needs the dependencies. Not to be run beside `setUpVsCode`: the system's package manager does one thing at a time.
 * @param {Step} step
 */
export function setUpChromium(step) {
  return step('Chromium', ensureChromium)
}

/**
 * Needs the dependencies.
 * @param {Step} step
 */
export function setUpVsix(step) {
  return step('extension built and packed', ensureVsix)
}
