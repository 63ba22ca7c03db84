// Makes out/roundhouse-<target>-<version>.vsix: `node scripts/package.mjs [target...]`, `--all` for every target.
// Two runs from the same sources give the same bytes.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { argv, env, execPath, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { metafilePath, readMetafile } from './bundle.mjs'
import { hostTarget, platformPackage, prepareEngine, targetNames } from './engine.mjs'
import { stageEngine } from './engine-files.mjs'
import { askWelcomeModel } from './engine-smoke.mjs'
import { bundledPackages, thirdPartyNotices } from './package-notices.mjs'
import { packedReadme } from './package-readme.mjs'

const run = promisify(execFile)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const maximumBytes = 15 * 1024 * 1024
/** Seconds; any fixed time does. */
const fixedTime = '1767225600'

const copied = ['CHANGELOG.md', 'LICENSE', 'media']
/** Parts of package.json that say how to develop the extension. */
const developmentOnly = ['dependencies', 'devDependencies', 'scripts', 'allowScripts', 'overrides']
const developmentFiles = /\.(map|ts|mts|cts|tsx|test\.\w+)$|(^|\/)(test|tests|docs|examples?|\.github)\//

/** @param {string} target */
async function packageTarget(target) {
  // A folder of this run's own: another run may be packing the same target.
  const stage = await mkdtemp(join(root, 'out/stage-'))
  try {
    await stageExtension(stage, target)
    await checkStage(stage, target)
    if (target === hostTarget()) await askWelcomeModel(join(stage, 'dist'))
    const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const vsix = join(root, 'out', `${name}-${target}-${version}.vsix`)
    const written = `${stage}.part`
    await writeVsix(stage, target, written)
    await rename(written, vsix)
    await report(vsix, target)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

/**
 * @param {string} vsix
 * @param {string} target
 */
async function report(vsix, target) {
  const bytes = await readFile(vsix)
  const sum = createHash('sha256').update(bytes).digest('hex')
  console.log(`${relative(root, vsix)}  ${(bytes.length / 1024 / 1024).toFixed(2)} MB  sha256 ${sum}`)
  if (bytes.length > maximumBytes && target === 'linux-x64') throw new Error(`${vsix} is larger than 15 MB`)
}

/**
 * @param {string} stage
 * @param {string} target
 */
async function stageExtension(stage, target) {
  for (const name of copied) await cp(join(root, name), join(stage, name), { recursive: true })
  await writeFile(join(stage, 'README.md'), packedReadme(await readFile(join(root, 'README.md'), 'utf8')))
  await cp(join(root, 'dist'), join(stage, 'dist'), {
    recursive: true,
    filter: (path) => !path.endsWith(`${sep}node_modules`),
  })
  const engine = await stageEngine(target, join(stage, 'dist/llama/node_modules'))
  const metafiles = await Promise.all(
    ['dist', 'dist/chunks'].map((folder) => readMetafile(metafilePath(folder))),
  )
  const bundled = bundledPackages(metafiles).map((folder) => join(root, folder))
  await writeFile(join(stage, 'ThirdPartyNotices.txt'), await thirdPartyNotices([...bundled, ...engine]))
  await writeManifest(stage)
}

/** @param {string} stage */
async function writeManifest(stage) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const part of developmentOnly) delete manifest[part]
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

/**
 * Nothing that only developers need, this target's native build, and modes that no umask has touched.
 * @param {string} stage
 * @param {string} target
 */
async function checkStage(stage, target) {
  const entries = await readdir(stage, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  const paths = files.map((file) => relative(stage, file).replaceAll(sep, '/'))
  const unwanted = paths.filter((path) => developmentFiles.test(path))
  if (unwanted.length > 0) throw new Error(`Development files would be packed: ${unwanted.join(', ')}`)
  const native = `dist/llama/node_modules/${platformPackage(target).package}/bins/`
  if (!paths.some((path) => path.startsWith(native) && path.endsWith('.node'))) {
    throw new Error(`There is no native build in ${native}`)
  }
  for (const file of files) {
    if (!(await stat(file)).isFile()) throw new Error(`${file} is not a plain file`)
    await chmod(file, 0o644)
  }
}

/**
 * @param {string} stage
 * @param {string} target
 * @param {string} vsix
 */
async function writeVsix(stage, target, vsix) {
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce')
  const options = ['--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository']
  await run(execPath, [vsce, 'package', '--target', target, '--out', vsix, ...options], {
    cwd: stage,
    // The archive's dates are local times, and its order is the language's.
    env: { ...env, SOURCE_DATE_EPOCH: fixedTime, TZ: 'UTC', LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
  })
}

async function main() {
  const { values, positionals } = parseArgs({
    args: argv.slice(2),
    options: { all: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const chosen = positionals.length > 0 ? positionals : [hostTarget()]
  const targets = values.all ? targetNames : chosen
  for (const target of targets) platformPackage(target)
  await prepareEngine()
  await run(execPath, [join(root, 'esbuild.mjs')], { cwd: root })
  for (const target of targets) await packageTarget(target)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  exit(1)
}
