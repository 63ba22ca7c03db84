// Facts about the built bundles, read from esbuild's metafiles.
import { readFile } from 'node:fs/promises'

/**
 * Where the build keeps the metafile of one output folder: `out/meta.json` for dist, `out/meta-chunks.json` for dist/chunks.
 * @param {string} outdir from the repository's root
 */
export function metafilePath(outdir) {
  const names = outdir.split(/[\\/]/).filter((name) => name !== 'dist')
  return names.length === 0 ? 'out/meta.json' : `out/meta-${names.join('-')}.json`
}

/**
 * @param {string} [path]
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function readMetafile(path = metafilePath('dist')) {
  return JSON.parse(await readFile(path, 'utf8'))
}

/**
 * The files that the host loads by importing `entry`: itself and its static imports, not its lazy chunks.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} entry
 * @returns {{ path: string, bytes: number }[]}
 */
export function filesLoadedBy(metafile, entry) {
  const seen = new Set([entry])
  for (const path of seen) {
    for (const used of outputOf(metafile, path).imports) {
      if (used.kind === 'import-statement' && used.external !== true) seen.add(used.path)
    }
  }
  return [...seen].map((path) => ({ path, bytes: outputOf(metafile, path).bytes }))
}

/**
 * Sentences about bundled CommonJS that calls `require` at run time, which does not exist in an ES module.
 * @param {import('esbuild').Metafile} metafile
 */
export function requireCalls(metafile) {
  return Object.entries(metafile.inputs).flatMap(([input, { imports }]) =>
    imports
      .filter((used) => used.kind === 'require-call' && used.external === true)
      .map((used) => `${input} requires "${used.path}" at run time, which fails in an ES module`),
  )
}

/**
 * @param {import('esbuild').Metafile} metafile
 * @param {string} path
 */
function outputOf(metafile, path) {
  const output = metafile.outputs[path]
  if (output === undefined) throw new Error(`${path} is not in the metafile: build first`)
  return output
}
