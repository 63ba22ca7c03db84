// Packages of the operating system: installed where that needs no question, otherwise named with the command.
import { existsSync, readFileSync } from 'node:fs'
import { SetupError } from './errors.mjs'
import { findOnPath, run } from './processes.mjs'

/**
 * @typedef {object} SystemPackage
 * @property {string} purpose what is missing, in the user's words
 * @property {string} command a program on the PATH that shows that the package is there
 * @property {Record<string, string>} names by package manager
 */

/** What node-gyp needs to build code-server's native modules. */
export const buildTools = /** @type {readonly SystemPackage[]} */ ([
  row('Python 3', 'python3', 'python3', 'python3', 'python'),
  row('make', 'make', 'make', 'make', 'make'),
  row('a C++ compiler', 'g++', 'g++', 'gcc-c++', 'gcc'),
  row("Kerberos' headers", 'krb5-config', 'libkrb5-dev', 'krb5-devel', 'krb5'),
])

const managers = [
  { command: 'apt-get', install: 'apt-get install -y' },
  { command: 'dnf', install: 'dnf install -y' },
  { command: 'pacman', install: 'pacman -S --needed' },
]

/**
 * Makes sure that the packages are there.
 * @param {readonly SystemPackage[]} packages
 * @returns {Promise<string | void>}
 * @throws {SetupError} naming the command to run, where this process may not install them itself
 */
export async function ensureSystemPackages(packages) {
  const missing = packages.filter(({ command }) => findOnPath(command) === undefined)
  if (missing.length === 0) return 'present'
  const names = missing.map(({ names: by }) => by['apt-get'] ?? '')
  if (isRoot() && isDebian()) {
    await aptInstall(names)
    return `installed ${names.join(', ')}`
  }
  const purposes = missing.map(({ purpose }) => purpose).join(', ')
  throw new SetupError(`Missing on this system: ${purposes}.\n${advice(missing)}`)
}

/** @param {readonly string[]} names */
export async function aptInstall(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env })
  if ((await install()).code === 0) return
  // The package lists of a fresh image are empty or old.
  await run('apt-get', ['update'], { env })
  const { code, output } = await install()
  if (code !== 0) throw new SetupError(`${output}\nCould not install ${names.join(', ')} with apt-get.`)
}

export function isRoot() {
  return process.getuid?.() === 0
}

/** Debian or a system made from it. */
export function isDebian() {
  return (
    osRelease()
      .split(/[\s="']+/)
      .some((word) => word === 'debian') && findOnPath('apt-get') !== undefined
  )
}

/** Ubuntu's own `chromium` package is only a pointer to a snap, which does not run everywhere. */
export function isUbuntu() {
  return /^ID="?ubuntu"?$/m.test(osRelease())
}

function osRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
}

/** @param {readonly SystemPackage[]} missing */
function advice(missing) {
  if (process.platform === 'darwin') return 'Install them with: xcode-select --install'
  const manager = managers.find(({ command }) => findOnPath(command) !== undefined)
  if (manager === undefined) return 'Install them with your system’s package manager, then run this again.'
  const names = [...new Set(missing.map(({ names: by }) => by[manager.command]))].join(' ')
  return `Install them with: sudo ${manager.install} ${names}`
}

/**
 * @param {string} purpose
 * @param {string} command
 * @param {...string} names in the order of `managers`
 * @returns {SystemPackage}
 */
function row(purpose, command, ...names) {
  return {
    purpose,
    command,
    names: Object.fromEntries(['apt-get', 'dnf', 'pacman'].map((key, i) => [key, names[i] ?? ''])),
  }
}
