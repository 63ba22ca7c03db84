// Child processes: every one is waited for, and ended by its own id with whatever it started.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './paths.mjs'

const isWindows = process.platform === 'win32'

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] after which the process and its children are killed
 * @property {boolean} [echo] show the output as it comes, too
 *
 * @typedef {object} RunResult
 * @property {number} code the exit code; 1 when a signal or the time limit ended it
 * @property {string} output stdout and stderr, in the order in which they came
 */

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export async function run(command, args, options = {}) {
  const { cwd = root, env = process.env, timeoutMs, echo = false } = options
  const child = spawnCommand(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
  })
  const release = endWithParent(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      if (echo) process.stdout.write(text)
    })
  }
  const timer =
    timeoutMs &&
    setTimeout(() => {
      output += `\nEnded after ${timeoutMs / 1000} s: the time limit.\n`
      void stopGroup(child)
    }, timeoutMs)
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }))
      child.once('close', (code) => resolve({ code: code ?? 1, output }))
    })
  } finally {
    clearTimeout(timer || undefined)
    release()
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'>} options
 */
function spawnCommand(command, args, options) {
  // Windows runs its .cmd files (npm, code) by a shell only, which takes spaces for ends of arguments.
  if (!isWindows || !command.endsWith('.cmd')) return spawn(command, args, options)
  return spawn(
    `"${command}"`,
    args.map((arg) => `"${arg}"`),
    { ...options, shell: true },
  )
}

/**
 * Ends a child that was started `detached`: politely, then not.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} [patienceMs]
 */
export async function stopGroup(child, patienceMs = 5000) {
  if (child.pid === undefined) return
  signalGroup(child, 'SIGTERM')
  const end = Date.now() + patienceMs
  while (isRunning(child) && Date.now() < end) await sleep(50)
  signalGroup(child, 'SIGKILL')
}

/**
 * Ends the child when this process ends first, for whatever reason that can be caught: politely, for the child may
 * have started others, in groups of their own.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} to be called when the child has ended
 */
export function endWithParent(child) {
  const kill = () => signalGroup(child, 'SIGTERM')
  /** @param {NodeJS.Signals} signal */
  const leave = (signal) => process.exit(signal === 'SIGINT' ? 130 : 143)
  process.on('exit', kill)
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    if (process.listenerCount(signal) === 0) process.on(signal, leave)
  }
  return () => process.off('exit', kill)
}

/** @param {import('node:child_process').ChildProcess} child */
function isRunning(child) {
  return child.exitCode === null && child.signalCode === null
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    if (isWindows) child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/**
 * The full path of a command, or undefined where there is none.
 * @param {string} name
 */
export function findOnPath(name) {
  const endings = isWindows ? ['.cmd', '.exe', ''] : ['']
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const paths = folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
  return paths.find(isExecutable)
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
