// Runs the measurements that need a real VS Code: each session starts one, with a profile of its own.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../lib/paths.mjs'
import { testEnvironment } from '../lib/profile.mjs'

/**
 * @typedef {import('../../test/bench/host/job.js').Measure} Measure
 * @typedef {import('../../test/bench/host/job.js').SessionResult} SessionResult
 * @typedef {import('./extensions.mjs').BenchExtensions} BenchExtensions
 *
 * @typedef {object} Round
 * @property {SessionResult} product
 * @property {SessionResult} [empty]
 *
 * @typedef {object} SessionOptions
 * @property {import('../hosts/index.mjs').TestHost} host
 * @property {BenchExtensions} extensions
 * @property {string} serverUrl
 * @property {number} rounds
 * @property {ReadonlySet<Measure | 'activation'>} measures
 * @property {boolean} [profiled] write a CPU profile of each activation of the product
 * @property {(line: string) => void} tell
 */

const vendor = 'roundhouse'
const timeoutMs = 240_000

/** What only the product's session measures; the others are measured over the empty extension. */
const overEmpty = new Set(['activation', 'memory'])

/**
 * The rounds that succeeded; odd ones start with the empty extension.
 * @param {SessionOptions} options
 * @returns {Promise<Round[]>}
 */
export async function runRounds(options) {
  const { rounds, measures, tell } = options
  const needsEmpty = [...measures].some((measure) => overEmpty.has(measure))
  const finished = []
  for (let round = 0; round < rounds; round++) {
    const start = Date.now()
    /** @type {Partial<Round>} */
    const results = {}
    /** @type {('product' | 'empty')[]} */
    const kinds = round % 2 === 0 ? ['product', 'empty'] : ['empty', 'product']
    for (const kind of kinds) {
      if (kind === 'product' || needsEmpty) results[kind] = await runSession(options, kind, round)
    }
    const { product, empty } = results
    if (product !== undefined) finished.push({ product, ...(empty === undefined ? {} : { empty }) })
    tell(`round ${round + 1} of ${rounds}: ${Math.round((Date.now() - start) / 1000)} s`)
  }
  return finished
}

/**
 * @param {SessionOptions} options
 * @param {'product' | 'empty'} kind
 * @param {number} round
 * @returns {Promise<SessionResult>}
 */
async function runSession(options, kind, round) {
  const { host, extensions, serverUrl } = options
  const profile = await mkdtemp(join(tmpdir(), 'roundhouse-bench-'))
  try {
    const folder = join(profile, 'workspace')
    const job = join(profile, 'job.json')
    const result = join(profile, 'result.json')
    await mkdir(folder)
    const { id, vsix } = extensions[kind]
    await writeFile(
      job,
      JSON.stringify({ extension: id, serverUrl, round, result, ...askedOf(options, kind, round) }),
    )
    const { developmentPath, testsPath } = extensions
    const env = testEnvironment(profile, { ROUNDHOUSE_BENCH_JOB: job })
    const settings = kind === 'product' ? productSettings(serverUrl) : {}
    const run = { profile, folder, vsix, developmentPath, testsPath, settings, env, timeoutMs }
    const { code, log } = await host.run(run)
    if (code !== 0) throw new Error(`The session of the ${kind} extension failed.\n${log}`)
    return JSON.parse(await readFile(result, 'utf8'))
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * @param {SessionOptions} options
 * @param {'product' | 'empty'} kind
 * @param {number} round
 * @returns {Pick<import('../../test/bench/host/job.js').Job, 'vendor' | 'measures' | 'profile'>}
 */
function askedOf({ measures: wanted, profiled = false }, kind, round) {
  const measures = [...wanted].filter((measure) => measure !== 'activation')
  if (kind === 'empty') return { measures: measures.filter((measure) => overEmpty.has(measure)) }
  if (!profiled) return { vendor, measures }
  return { vendor, measures, profile: join(root, 'out', 'bench', `activation-${round + 1}.cpuprofile`) }
}

/** One local server. @param {string} baseUrl */
function productSettings(baseUrl) {
  return { 'roundhouse.connections': [{ id: 'bench', name: 'Bench', provider: 'vllm', baseUrl }] }
}
