// Bundles the tests that run inside VS Code, and their small extension, for an extension host of either kind.
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './paths.mjs'

const source = join(root, 'test', 'vscode')
const target = join(root, 'out', 'vscode-test')

/**
 * Fixtures are found by the address of the module that reads them, which CommonJS does not know.
 * @type {import('esbuild').Plugin}
 */
const keepAddresses = {
  name: 'keep-addresses',
  setup(build) {
    build.onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, async ({ path }) => {
      const address = JSON.stringify(pathToFileURL(path).href)
      return { loader: 'ts', contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', address) }
    })
  },
}

/** @returns {Promise<{ developmentPath: string, testsPath: string }>} */
export async function bundleVsCodeTests() {
  const { build } = await import('esbuild')
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.test.ts'))
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  // The repository's own package.json says "module"; VS Code loads a test run that lies outside an extension as CommonJS.
  await writeFile(join(target, 'package.json'), '{ "type": "commonjs" }\n')
  /** @type {import('esbuild').BuildOptions} */
  const shared = {
    outbase: source,
    outdir: target,
    bundle: true,
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    plugins: [keepAddresses],
    logLevel: 'warning',
  }
  const inSource = (/** @type {string} */ name) => join(source, name)
  await Promise.all([
    build({ ...shared, format: 'cjs', entryPoints: ['index.ts', ...files].map(inSource) }),
    build({ ...shared, format: 'esm', entryPoints: ['consumer/extension.ts'].map(inSource) }),
  ])
  await cp(join(source, 'consumer', 'package.json'), join(target, 'consumer', 'package.json'))
  return { developmentPath: join(target, 'consumer'), testsPath: join(target, 'index.js') }
}

/**
 * What the tests of a folder of test/vscode need set before VS Code starts stands in its settings.json.
 * @param {string} folder
 * @returns {Promise<Record<string, unknown>>}
 */
export async function readTestSettings(folder) {
  const path = join(source, folder, 'settings.json')
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : {}
}
