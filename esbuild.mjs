// Builds the extension into dist/: `node esbuild.mjs` for release, `--watch` for development.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { argv, exit } from 'node:process'
import { parseArgs } from 'node:util'
import * as esbuild from 'esbuild'
import { metafilePath, requireCalls } from './scripts/bundle.mjs'
import { engineModules } from './scripts/engine.mjs'
import { writeWelcomeModel } from './scripts/tiny-gguf-welcome.mjs'

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Packages that publish both kinds are taken as ES modules: smaller, and no `require` in the output.
  mainFields: ['module', 'main'],
  conditions: ['module', 'import'],
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  logLevel: 'info',
}

/** One file each: what activation reads, what is read as soon as it has returned, and what written settings need. */
const startFiles = {
  extension: 'src/extension.ts',
  'services-createServices': 'src/services/createServices.ts',
  'services-written': 'src/services/written.ts',
}

/** Imported dynamically, but by every start: the connection that there is by default lists its models. */
const startParts = new Set(['providers-llamacpp-listModels'])

/**
 * Whatever the start files import dynamically is left to a build of its own; code that both need is in both, which
 * costs a few kilobytes and saves the loading of a dozen small files.
 * @param {Map<string, string>} lazy the modules found, by the name of their chunk
 * @returns {import('esbuild').Plugin}
 */
const leaveOutLazy = (lazy) => ({
  name: 'leave-out-lazy',
  setup(build) {
    build.onResolve({ filter: /^[^:]+$/ }, async ({ kind, path, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === leaveOutLazy) return undefined
      const found = await build.resolve(path, { kind, resolveDir, pluginData: leaveOutLazy })
      if (found.external || found.errors.length > 0) return found
      const name = chunkName(found.path)
      if (name in startFiles) return { path: `./${name}.js`, external: true }
      if (startParts.has(name)) return found
      lazy.set(name, found.path)
      return { path: `./chunks/${name}.js`, external: true }
    })
  },
})

/** @param {string} path of a module, of ours or of a package */
function chunkName(path) {
  const fromRoot = relative(import.meta.dirname, path).replaceAll('\\', '/')
  return fromRoot
    .replace(/^(src|node_modules)\//, '')
    .replace(/\.[cm]?[jt]s$/, '')
    .replace(/[^\w]+/g, '-')
}

/** @type {import('esbuild').BuildOptions} */
const extension = {
  entryPoints: startFiles,
  external: ['vscode'],
}

/** @type {import('esbuild').BuildOptions} */
const lazyChunks = {
  splitting: true,
  chunkNames: 'shared-[hash]',
  external: ['vscode'],
}

/** @type {import('esbuild').BuildOptions} */
const llamaChild = {
  entryPoints: { child: 'src/platform/llama/child.ts' },
  outExtension: { '.js': '.mjs' },
  external: ['node-llama-cpp'],
}

/** @type {import('esbuild').Plugin} */
const keepMetafile = {
  name: 'keep-metafile',
  setup(build) {
    build.onEnd(async ({ metafile, errors }) => {
      if (metafile === undefined || errors.length > 0) return undefined
      const path = metafilePath(String(build.initialOptions.outdir))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, JSON.stringify(metafile))
      return { errors: requireCalls(metafile).map((text) => ({ text })) }
    })
  },
}

/**
 * @param {{ development: boolean, outdir: string }} mode
 * @returns {Promise<import('esbuild').BuildOptions[]>}
 */
async function buildOptions({ development, outdir }) {
  const mode = { ...shared, minify: !development, sourcemap: development, plugins: [keepMetafile] }
  const lazy = new Map()
  const entry = { ...mode, ...extension, outdir, plugins: [keepMetafile, leaveOutLazy(lazy)] }
  await esbuild.build({ ...entry, write: false, logLevel: 'error' })
  const entryPoints = Object.fromEntries([...lazy].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const chunks = { ...mode, ...lazyChunks, entryPoints, outdir: join(outdir, 'chunks') }
  return [entry, chunks, { ...mode, ...llamaChild, outdir: join(outdir, 'llama') }]
}

/** In the working tree the child finds node-llama-cpp through a link; the package carries its own copy. @param {string} outdir */
async function linkEngine(outdir) {
  await mkdir(join(outdir, 'llama'), { recursive: true })
  await symlink(engineModules, join(outdir, 'llama', 'node_modules'), 'junction')
}

/** @param {{ watch: boolean, outdir: string }} options */
async function main({ watch, outdir }) {
  await rm(outdir, { recursive: true, force: true })
  await writeWelcomeModel(join(outdir, 'models'))
  await linkEngine(outdir)
  const bundles = await buildOptions({ development: watch, outdir })
  if (!watch) {
    await Promise.all(bundles.map((bundle) => esbuild.build(bundle)))
    return
  }
  for (const bundle of bundles) {
    const context = await esbuild.context(bundle)
    await context.watch()
  }
}

const { values } = parseArgs({
  args: argv.slice(2),
  options: { watch: { type: 'boolean', default: false }, outdir: { type: 'string', default: 'dist' } },
})
try {
  await main(values)
} catch (error) {
  // esbuild has printed what is wrong with the sources.
  if (!(error instanceof Error && 'errors' in error)) console.error(error)
  exit(1)
}
