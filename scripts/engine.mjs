// Installs the embedded engine: node-llama-cpp in engine/, and one platform's llama.cpp build beside it.
// `node scripts/engine.mjs [target]`; the running platform's target where none is given.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { arch, argv, env, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import targets from '../engine/targets.json' with { type: 'json' }

const run = promisify(execFile)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
export const engineModules = join(root, 'engine/node_modules')
const cache = join(root, '.cache/engine')

/** @typedef {{ package: string, version: string, integrity: string }} PlatformPackage */

/** VS Code's name of the running platform, e.g. `linux-x64`. */
export function hostTarget() {
  return `${platform}-${arch === 'arm' ? 'armhf' : arch}`
}

export const targetNames = Object.keys(targets)

/**
 * @param {string} target
 * @returns {PlatformPackage}
 */
export function platformPackage(target) {
  const found = Object.entries(targets).find(([name]) => name === target)
  if (found === undefined) throw new Error(`There is no target ${target}; known: ${targetNames.join(', ')}`)
  return found[1]
}

/** Installs node-llama-cpp's JavaScript from the lock file, without the optional GPU builds. */
export async function installEngine() {
  const installed = join(engineModules, '.package-lock.json')
  const lock = join(root, 'engine/package-lock.json')
  if (existsSync(installed) && (await stat(installed)).mtimeMs >= (await stat(lock)).mtimeMs) return
  // The engine's own .npmrc leaves out optional packages and install scripts.
  await npm(['ci'], join(root, 'engine'))
}

/**
 * The folder of a target's llama.cpp build: downloaded once, checked against its pinned hash, kept in .cache.
 * @param {string} target
 */
export async function platformFolder(target) {
  const wanted = platformPackage(target)
  const folder = join(cache, `${target}-${wanted.version}`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'download-'))
  try {
    const { stdout } = await npm(
      ['pack', `${wanted.package}@${wanted.version}`, '--json', '--pack-destination', work],
      root,
    )
    const archive = join(work, packedName(stdout))
    await checkIntegrity(archive, wanted)
    await run('tar', ['-xzf', basename(archive)], { cwd: work })
    await rename(join(work, 'package'), folder).catch((error) => {
      // Another process may have been first.
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

/** Makes the engine usable from the working tree. */
export async function prepareEngine(target = hostTarget()) {
  await installEngine()
  const folder = await platformFolder(target)
  const link = join(engineModules, platformPackage(target).package)
  // Left alone where it is right: a child may be loading from it.
  if ((await realpath(link).catch(() => undefined)) === (await realpath(folder))) return
  await mkdir(dirname(link), { recursive: true })
  await rm(link, { recursive: true, force: true })
  // A junction needs no special right on Windows; elsewhere the word is ignored.
  await symlink(folder, link, 'junction')
}

/** @param {string} json */
function packedName(json) {
  /** @type {{ filename: string }[] | Record<string, { filename: string }>} */
  const packed = JSON.parse(json)
  const [first] = Object.values(packed)
  if (first === undefined) throw new Error('npm pack wrote nothing')
  return first.filename.replace('@', '').replace('/', '-')
}

/**
 * @param {string} archive
 * @param {PlatformPackage} wanted
 */
async function checkIntegrity(archive, wanted) {
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')
  if (`sha512-${digest}` === wanted.integrity) return
  throw new Error(`${wanted.package}@${wanted.version} is not the pinned one: it hashes to sha512-${digest}`)
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const cli = env['npm_execpath']
  const command =
    cli !== undefined && /npm-cli\.c?js$/.test(cli)
      ? { file: process.execPath, args: [cli, ...args] }
      : { file: 'npm', args }
  return run(command.file, command.args, { cwd, shell: platform === 'win32' && command.file === 'npm' })
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await prepareEngine(argv[2])
  console.log(`engine ready for ${argv[2] ?? hostTarget()}`)
}
