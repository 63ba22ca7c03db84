// The extensions of the bench: the one that measures, the empty one, and the product without its activation events.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../lib/paths.mjs'
import { locateVsix } from '../lib/vsix.mjs'

const source = join(root, 'test', 'bench')
const target = join(root, 'out', 'bench', 'vscode')

/**
 * @typedef {object} PackedExtension
 * @property {string} id
 * @property {string} vsix
 *
 * @typedef {object} BenchExtensions
 * @property {PackedExtension} product
 * @property {PackedExtension} empty
 * @property {string} developmentPath the folder of the extension that measures
 * @property {string} testsPath what VS Code calls in it
 */

/** @returns {Promise<BenchExtensions>} */
export async function prepareExtensions() {
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  return { ...(await bundleHost()), empty: await packEmpty(), product: await packProduct() }
}

/** As CommonJS, so that no ES module has been loaded in the host before the product's own. */
async function bundleHost() {
  const { build } = await import('esbuild')
  const folder = join(target, 'host')
  await build({
    entryPoints: ['index.ts', 'extension.ts'].map((name) => join(source, 'host', name)),
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  })
  await writeFile(join(folder, 'package.json'), await readFile(join(source, 'host', 'manifest.json')))
  return { developmentPath: folder, testsPath: join(folder, 'index.js') }
}

async function packEmpty() {
  return pack('empty', {
    'extension/package.json': await readFile(join(source, 'empty', 'manifest.json')),
    'extension/extension.cjs': await readFile(join(source, 'empty', 'extension.cjs')),
  })
}

/** Without activation events the product stays idle until the bench activates it, and only then is it timed. */
async function packProduct() {
  const { unzipSync } = await import('fflate')
  const files = unzipSync(await readFile(await locateVsix()))
  const manifest = JSON.parse(Buffer.from(files['extension/package.json'] ?? []).toString())
  const quiet = JSON.stringify({ ...manifest, activationEvents: [] })
  return pack('product', { ...files, 'extension/package.json': Buffer.from(quiet) })
}

/**
 * @param {string} name
 * @param {Record<string, Uint8Array>} files
 * @returns {Promise<PackedExtension>}
 */
async function pack(name, files) {
  const { zipSync } = await import('fflate')
  const manifest = JSON.parse(Buffer.from(files['extension/package.json'] ?? []).toString())
  const vsix = join(target, `${name}.vsix`)
  await writeFile(vsix, zipSync(files, { level: 0 }))
  return { id: `${manifest.publisher}.${manifest.name}`, vsix }
}
