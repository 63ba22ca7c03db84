// A VS Code profile with settings that keep VS Code's own questions and advertisements out of the way.
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { userSettingsPath } from './code-server.mjs'
import { root } from './paths.mjs'

/** The settings of a first start: the user's own changes are never touched afterwards. */
const firstSettings = {
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'readme',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
}

/** On top of those, where nobody sits in front of it: nothing that moves, asks or looks for news. */
const testSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'chat.commandCenter.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'git.enabled': false,
}

/**
 * @param {object} options
 * @param {string} options.profile the folder
 * @param {boolean} [options.keep] leave settings that exist as they are
 * @param {boolean} [options.test] for a run without a user
 * @param {Record<string, unknown>} [options.settings] more user settings
 */
export async function createProfile({ profile, keep = false, test = false, settings = {} }) {
  const path = userSettingsPath(profile)
  if (keep && existsSync(path)) return
  await mkdir(dirname(path), { recursive: true })
  const all = { ...firstSettings, ...(test ? testSettings : {}), ...settings }
  await writeFile(path, `${JSON.stringify(all, undefined, 2)}\n`)
}

/**
 * The small folder that VS Code opens, made once.
 * @param {string} parent
 * @returns {Promise<string>}
 */
export async function copySample(parent) {
  const folder = join(parent, 'sample')
  if (!existsSync(folder)) await cp(join(root, 'scripts', 'sample'), folder, { recursive: true })
  return folder
}

/**
 * The environment for a test: no key or server address of the developer's, and a home folder of the run's own.
 * @param {string} profile
 * @param {NodeJS.ProcessEnv} [more]
 */
export function testEnvironment(profile, more = {}) {
  const personal = /_API_KEY$|^HF_TOKEN$|^OLLAMA_|^XDG_|_BASE_URL$/
  const kept = Object.entries(process.env).filter(([name]) => !personal.test(name))
  return { ...Object.fromEntries(kept), HOME: join(profile, 'home'), ...more }
}
