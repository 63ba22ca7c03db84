import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isRecord, parseJson } from '../../src/core/json.js'
import { readSources } from '../architecture/sources.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Milliseconds that the tests of one row may take with a wire cut. */
const limitMs = 10 * 60_000

export interface NamedTests {
  readonly files: readonly string[]
  /** Of the titles. */
  readonly grep: string
}

interface Failure {
  readonly title: string
  readonly message: string
  /** Whether the code could not even run: then no test has noticed anything. */
  readonly isBroken: boolean
}

interface Outcome {
  readonly passes: number
  readonly failures: readonly Failure[]
}

interface RunOptions {
  /** For the report. */
  readonly folder: string
  readonly cut?: { readonly path: string; readonly source: string }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** As part of a title: no other row begins like this one. */
function titlePattern(row: string): string {
  return `${escaped(row)}(?![\\w.]*\\w)`
}

/** The unit tests that name a row. */
export function findTests() {
  const files = readSources('test/unit').filter(({ path }) => path.endsWith('.test.ts'))
  return {
    naming(...rows: readonly string[]): NamedTests {
      const grep = rows.map(titlePattern).join('|')
      const pattern = new RegExp(grep)
      return { files: files.filter(({ text }) => pattern.test(text)).map(({ path }) => path), grep }
    },
  }
}

function readFailure(value: unknown): Failure {
  const { fullTitle, err } = isRecord(value) ? value : {}
  const { message, stack } = isRecord(err) ? err : {}
  const isBroken = /^(?:Syntax|Reference|Type)Error\b/.test(String(stack))
  return { title: String(fullTitle), message: String(message), isBroken }
}

/** What mocha says of them; a run that ends without its report has failed, and no test has said why. */
export async function runTests({ files, grep }: NamedTests, { folder, cut }: RunOptions): Promise<Outcome> {
  const report = join(folder, `${cut === undefined ? 'whole' : cut.source.split('/').at(-1)}.json`)
  const hooks = cut === undefined ? [] : ['--import', './test/mutants/load.mjs']
  const mocha = ['node_modules/mocha/bin/mocha.js', ...files, '--grep', grep, '--exit']
  const options = [
    '--reporter',
    'json',
    '--reporter-option',
    `output=${report}`,
    ...(cut === undefined ? [] : ['--bail']),
  ]
  const env = { ...process.env }
  if (cut !== undefined) {
    env['ROUNDHOUSE_CUT_FILE'] = pathToFileURL(join(root, cut.path)).href
    env['ROUNDHOUSE_CUT_SOURCE'] = cut.source
  }
  const args = ['--import', './test/register.mjs', ...hooks, ...mocha, ...options]
  await new Promise<void>((resolve) => {
    execFile(process.execPath, args, { cwd: root, env, timeout: limitMs }, () => resolve())
  })
  const text = await readFile(report, 'utf8').catch(() => '')
  const read: unknown = parseJson(text)
  const { passes, failures } = isRecord(read) ? read : {}
  if (!Array.isArray(passes) || !Array.isArray(failures)) {
    return { passes: 0, failures: [{ title: 'mocha', message: 'wrote no report', isBroken: true }] }
  }
  return { passes: passes.length, failures: failures.map(readFailure) }
}
