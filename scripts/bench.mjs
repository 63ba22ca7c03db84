// Measures the extension beside a reference, in turn and in one run. Exits with 0 whatever holds: people judge.
//   npm run bench
//   npm run bench -- --json --only text,memory --rounds 5
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureEmbedded } from './bench/embedded.mjs'
import { prepareExtensions } from './bench/extensions.mjs'
import { runProgram } from './bench/program.mjs'
import { reportRow, toJsonLine, toTable } from './bench/report.mjs'
import { chooseRows, rows } from './bench/rows.mjs'
import { startBenchServer } from './bench/server.mjs'
import { runRounds } from './bench/sessions.mjs'
import { filesLoadedAtStart, oneConnection, sumOfBytes } from './bench/startedCode.mjs'
import { measureWires } from './bench/wires.mjs'
import { filesLoadedBy, readMetafile } from './bundle.mjs'
import { chooseHost } from './hosts/index.mjs'
import { describeError, runMain, SetupError } from './lib/errors.mjs'
import { installNode24, locateNode24 } from './lib/node24.mjs'
import { root } from './lib/paths.mjs'
import { createProgress } from './lib/progress.mjs'
import { setUpDependencies, setUpVsix } from './lib/setup.mjs'
import { locateVsix } from './lib/vsix.mjs'

/** Every single measurement behind the medians. */
const rawPath = join(root, 'out', 'bench', 'measurements.json')

void runMain(async () => {
  const { json, names, rounds, profiled } = readOptions()
  const print = console.log
  // Only the rows go to stdout.
  console.log = console.error
  const step = createProgress()
  const chosen = chooseRows(names)
  const needs = new Set(chosen.map((row) => row.need))
  await setUpDependencies(step)
  if (chosen.some(({ need }) => !programs.some((name) => name === need))) await setUpVsix(step)
  warnOfLoad()
  const measurements = await takeMeasurements({ needs, rounds, profiled, step })
  await mkdir(dirname(rawPath), { recursive: true })
  await writeFile(rawPath, JSON.stringify(measurements, undefined, 1))
  const reported = chosen.map((row) => reportRow(row, measurements))
  if (json) for (const row of reported) print(toJsonLine(row))
  else print(`\n${toTable(reported)}\n`)
})

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      profile: { type: 'boolean' },
    },
  })
  const names = values.only?.split(',').filter((name) => name !== '') ?? []
  for (const name of names) {
    if (chooseRows([name]).length > 0) continue
    throw new SetupError(`--only knows no "${name}". The rows are: ${rows.map(({ id }) => id).join(', ')}`)
  }
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new SetupError(`--rounds takes a whole number from 1, not "${values.rounds}".`)
  }
  return { json: values.json === true, names, rounds, profiled: values.profile === true }
}

/** Each a process of its own, without VS Code. */
const programs = /** @type {const} */ (['cache', 'routing', 'usage', 'pipeline', 'prompt'])

/** Before the bench itself makes the machine busy. */
function warnOfLoad() {
  const [load = 0] = loadavg()
  const processors = availableParallelism()
  if (load < processors / 2) return
  const state = `load average ${load.toFixed(1)} on ${processors} processors`
  console.error(`  ! This machine is busy (${state}): times come out too long, ratios less so.`)
}

/**
 * @param {{ needs: ReadonlySet<import('./bench/rows.mjs').Need>, rounds: number, profiled: boolean, step: import('./lib/progress.mjs').Step }} options
 * @returns {Promise<import('./bench/rows.mjs').Measurements>}
 */
async function takeMeasurements({ needs, rounds, profiled, step }) {
  /** @type {import('./bench/rows.mjs').Measurements} */
  const measurements = { rounds: [] }
  if (needs.has('bundle')) {
    measurements.bundleBytes = await sumOfFiles('dist/extension.js')
    await attempt('loaded code', async () => {
      await step('Node 24', installNode24)
      const { path: node } = locateNode24()
      const started = { node, dist: 'dist' }
      measurements.startBytes = sumOfBytes(await filesLoadedAtStart(started))
      const connected = { ...started, settings: oneConnection }
      measurements.connectedBytes = sumOfBytes(await filesLoadedAtStart(connected))
    })
  }
  if (needs.has('vsix')) measurements.vsixBytes = (await stat(await locateVsix())).size
  if (needs.has('embedded')) {
    await attempt('embedded model', async () => {
      measurements.embedded = await measureEmbedded({ rounds, step })
    })
  }
  for (const name of programs) {
    if (!needs.has(name)) continue
    await attempt(name, async () => {
      measurements[name] = await runProgram(name, step)
    })
  }
  if ([...needs].some((need) => need.startsWith('wire.'))) {
    await attempt('providers', async () => {
      const profileFolder = profiled ? dirname(rawPath) : undefined
      measurements.wires = await measureWires({ needs, rounds, step, profileFolder })
    })
  }
  const inHost = sessionMeasures.filter((measure) => needs.has(measure))
  if (inHost.length > 0) {
    await attempt('VS Code', async () => {
      measurements.rounds = await measureInHost({ measures: new Set(inHost), rounds, profiled, step })
    })
  }
  return measurements
}

const sessionMeasures = /** @type {const} */ ([
  'activation',
  'models',
  'memory',
  'stream',
  'pace',
  'provider',
])

/** A measurement that fails costs its own rows only. @param {string} name @param {() => Promise<void>} work */
async function attempt(name, work) {
  try {
    await work()
  } catch (error) {
    console.error(`  ✖ ${name}: ${describeError(error)}`)
  }
}

/** @param {string} entry */
async function sumOfFiles(entry) {
  return filesLoadedBy(await readMetafile(), entry).reduce((sum, { bytes }) => sum + bytes, 0)
}

/**
 * @param {Pick<import('./bench/sessions.mjs').SessionOptions, 'measures' | 'rounds' | 'profiled'> & { step: import('./lib/progress.mjs').Step }} options
 */
async function measureInHost({ step, ...asked }) {
  const host = chooseHost()
  await host.prepare(step)
  const extensions = await prepareExtensions()
  const server = await startBenchServer()
  try {
    const tell = (/** @type {string} */ line) => console.error(`  ${line}`)
    return await runRounds({ host, extensions, serverUrl: server.url, tell, ...asked })
  } finally {
    await server.close()
  }
}
