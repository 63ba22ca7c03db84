// Runs code-server: a real VS Code in a browser, bound to this machine, with a profile of its own.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeServerEntry } from './code-server-install.mjs'
import { SetupError } from './errors.mjs'
import { locateNode24 } from './node24.mjs'
import { endWithParent, run, stopGroup } from './processes.mjs'

/**
 * @typedef {object} Server
 * @property {string} origin `http://127.0.0.1:<port>`
 * @property {number} port
 * @property {Promise<void>} ended settles when the process has ended, for whatever reason
 * @property {() => Promise<void>} stop
 *
 * @typedef {object} ServerOptions
 * @property {string} profile the folder that holds all of this VS Code's state
 * @property {number} [port] default: a free one
 * @property {NodeJS.ProcessEnv} [env]
 * @property {readonly string[]} [flags] more of code-server's own options
 */

/**
 * Starts code-server and waits until it answers.
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startCodeServer({ profile, port: wanted, env = process.env, flags = [] }) {
  const port = wanted ?? (await findFreePort())
  const origin = `http://127.0.0.1:${port}`
  await mkdir(profile, { recursive: true })
  const args = [...(await profileFlags(profile)), ...listenFlags(port), ...flags]
  const child = spawn(locateNode24().path, [codeServerEntry, ...args], {
    env: serverEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const release = endWithParent(child)
  const log = createWriteStream(logPath(profile))
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.once('close', () => {
      release()
      log.end()
      resolve()
    })
  })
  const stop = () => stopGroup(child).then(() => ended)
  if (await answers(`${origin}/healthz`, ended)) return { origin, port, ended, stop }
  await stop()
  throw new SetupError(`code-server did not start. Its log: ${logPath(profile)}`)
}

/**
 * Installs a VSIX into a profile, replacing the same version when it is there.
 * @param {{ profile: string, vsix: string }} options
 */
export async function installVsix({ profile, vsix }) {
  const args = [codeServerEntry, ...(await profileFlags(profile)), '--install-extension', vsix, '--force']
  const { code, output } = await run(locateNode24().path, args, { env: serverEnvironment(process.env) })
  if (code !== 0) throw new SetupError(`${output}\nVS Code refused to install ${vsix}.`)
}

/** @param {string} profile */
function logPath(profile) {
  return join(profile, 'code-server.log')
}

/** @param {string} profile */
export function userSettingsPath(profile) {
  return join(profile, 'user-data', 'User', 'settings.json')
}

/**
 * The preferred port when nobody has it, otherwise any.
 * @param {number} [preferred]
 * @returns {Promise<number>}
 */
export async function findFreePort(preferred = 0) {
  const server = createServer()
  const listening = new Promise((resolve, reject) => {
    server.once('error', reject).listen(preferred, '127.0.0.1', () => resolve(undefined))
  })
  const isFree = await listening.then(
    () => true,
    () => false,
  )
  if (!isFree) return findFreePort()
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.')
  return address.port
}

/**
 * Whether the URL answers before the process has ended and within a minute.
 * @param {string} url
 * @param {Promise<void>} ended
 */
async function answers(url, ended) {
  const state = { over: false }
  const over = () => void (state.over = true)
  void ended.then(over)
  for (const end = Date.now() + 60_000; !state.over && Date.now() < end; await sleep(100)) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (isUp) return !state.over
  }
  return false
}

/** @param {string} profile */
async function profileFlags(profile) {
  // A configuration file of its own: the user's may ask for a password or another address.
  const config = join(profile, 'config.yaml')
  await mkdir(profile, { recursive: true })
  await writeFile(config, 'auth: none\n')
  const folders = [
    '--user-data-dir',
    join(profile, 'user-data'),
    '--extensions-dir',
    join(profile, 'extensions'),
  ]
  return ['--config', config, ...folders]
}

/** @param {number} port */
function listenFlags(port) {
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override']
  return ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...quiet]
}

/**
 * Without what npm, or a VS Code around this terminal, has put into the environment: the one would reach the
 * user's terminals, the other would make code-server talk to that VS Code instead of starting.
 * @param {NodeJS.ProcessEnv} env
 */
function serverEnvironment(env) {
  const foreign = /^(npm_|VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$|INIT_CWD$|PORT$|PASSWORD$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)))
}
