// Where things are in this repository, and the pinned versions of what the set-up fetches.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const cache = join(root, '.cache')

/** The real VS Code that runs without a display: code-server from npm, in a version that is VS Code 1.139.1. */
export const codeServerVersion = '4.139.1'

/** @returns {any} */
export function readManifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
}
