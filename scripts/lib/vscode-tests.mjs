// Bundles the tests that run inside VS Code, and their small extension, for an extension host of either kind.
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './paths.mjs'

const source = join(root, 'test', 'vscode')
const target = join(root, 'out', 'vscode-test')

/**
 * What the tests need set before VS Code starts stands in test/vscode/settings.json.
 * @returns {Promise<{ developmentPath: string, testsPath: string, settings: Record<string, unknown> }>}
 */
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
    logLevel: 'warning',
  }
  const inSource = (/** @type {string} */ name) => join(source, name)
  await Promise.all([
    build({ ...shared, format: 'cjs', entryPoints: ['index.ts', ...files].map(inSource) }),
    build({ ...shared, format: 'esm', entryPoints: ['consumer/extension.ts'].map(inSource) }),
  ])
  await cp(join(source, 'consumer', 'package.json'), join(target, 'consumer', 'package.json'))
  return {
    developmentPath: join(target, 'consumer'),
    testsPath: join(target, 'index.js'),
    settings: await readSettings(join(source, 'settings.json')),
  }
}

/** @param {string} path */
async function readSettings(path) {
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : {}
}
