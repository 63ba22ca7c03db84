// Runs the measurements that need a real VS Code: each session starts one, with a profile of its own.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeError } from '../lib/errors.mjs'
import { root } from '../lib/paths.mjs'
import { testEnvironment } from '../lib/profile.mjs'
import { formatSeconds } from '../lib/progress.mjs'

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
 * The rounds that succeeded.
 * @param {SessionOptions} options
 * @returns {Promise<Round[]>}
 */
export async function runRounds(options) {
  const { rounds, tell } = options
  const finished = []
  for (let round = 0; round < rounds; round++) {
    const start = Date.now()
    try {
      finished.push(await runRound(options, round))
      tell(`round ${round + 1} of ${rounds}: ${formatSeconds(Date.now() - start)}`)
    } catch (error) {
      tell(`round ${round + 1} of ${rounds} failed: ${describeError(error)}`)
    }
  }
  return finished
}

/**
 * Odd rounds start with the empty extension.
 * @param {SessionOptions} options
 * @param {number} round
 * @returns {Promise<Round>}
 */
async function runRound(options, round) {
  const run = (/** @type {'product' | 'empty'} */ kind) => runSession(options, kind, round)
  if (![...options.measures].some((measure) => overEmpty.has(measure)))
    return { product: await run('product') }
  if (round % 2 === 0) return { product: await run('product'), empty: await run('empty') }
  const empty = await run('empty')
  return { product: await run('product'), empty }
}

/**
 * @param {SessionOptions} options
 * @param {'product' | 'empty'} kind
 * @param {number} round
 * @returns {Promise<SessionResult>}
 */
async function runSession(options, kind, round) {
  const { host, extensions, serverUrl, tell } = options
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
    /** @type {SessionResult} */
    const measured = JSON.parse(await readFile(result, 'utf8'))
    for (const failure of measured.failures) tell(`with the ${kind} extension, ${failure}`)
    return measured
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
