// Programs of the benchmarks, bundled as the product is.
import { rm } from 'node:fs/promises'

/**
 * Builds the entry points into a folder that is emptied before, each as a `.mjs` of its own.
 * @param {string} folder
 * @param {readonly string[]} entryPoints
 * @param {import('esbuild').BuildOptions} more
 */
export async function buildPrograms(folder, entryPoints, more) {
  const { build } = await import('esbuild')
  await rm(folder, { recursive: true, force: true })
  await build({
    entryPoints: [...entryPoints],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'warning',
    ...more,
  })
}
