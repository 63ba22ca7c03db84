// Gives one source file with a wire cut in place of the file on disk.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const { ROUNDHOUSE_CUT_FILE: file, ROUNDHOUSE_CUT_SOURCE: source = '' } = process.env

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    return url === file ? { ...loaded, source: readFileSync(source, 'utf8') } : loaded
  },
})
