// The providers beside the official clients alone: one process asks, another answers, both plain Node.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { installNode24, locateNode24 } from '../lib/node24.mjs'
import { root } from '../lib/paths.mjs'
import { endWithParent, stopGroup } from '../lib/processes.mjs'
import { buildPrograms } from './buildPrograms.mjs'

/**
 * @typedef {import('../../test/bench/wires/bodies.js').WireName} WireName
 * @typedef {import('../../test/bench/wires/jobs.js').Job} Job
 * @typedef {import('../../test/bench/wires/jobs.js').JobResult} JobResult
 * @typedef {import('../../test/bench/wires/jobs.js').Timings} Timings
 * @typedef {import('../../test/bench/wires/jobs.js').Crowd} Crowd
 *
 * @typedef {object} WireFigures
 * @property {Partial<Record<WireName, Timings>>} streams milliseconds for 10,000 events
 * @property {Partial<Record<WireName, Timings>>} calls milliseconds for an answer of three
 * @property {number} [growthBytes] while 1,000,000 events were read
 * @property {{ ours: Crowd, plain: Crowd }[]} crowds
 */

const target = join(root, 'out', 'bench', 'wires')
const jobTimeoutMs = 300_000
const memoryWire = /** @type {const} */ ('openai-chat')

/** @type {readonly WireName[]} */
export const wires = [
  'openai-responses',
  'openai-chat',
  'anthropic',
  'google-interactions',
  'google-content',
  'ollama',
  'openai-compatible',
]

/**
 * @param {{ needs: ReadonlySet<string>, rounds: number, step: import('../lib/progress.mjs').Step, profileFolder?: string | undefined }} options
 * @returns {Promise<WireFigures>}
 */
export async function measureWires({ needs, rounds, step, profileFolder }) {
  await step('Node 24', installNode24)
  await build()
  const server = start('server', {})
  /** @type {WireFigures} */
  const figures = { streams: {}, calls: {}, crowds: [] }
  try {
    const [{ port }] = await once(server.child, 'message', { signal: AbortSignal.timeout(30_000) })
    const ask = (/** @type {Job} */ job) => askClient(job, `http://127.0.0.1:${port}`, profileFolder)
    if (needs.has('wire.streams')) {
      for (const wire of wires)
        figures.streams[wire] = await inRounds(rounds, () =>
          ask({ kind: 'stream', wire, tokens: 10_000, turns: 8 }),
        )
    }
    if (needs.has('wire.calls')) {
      for (const wire of wires)
        figures.calls[wire] = await inRounds(rounds, () => ask({ kind: 'call', wire, tokens: 3, turns: 200 }))
    }
    if (needs.has('wire.memory')) {
      const result = await ask({ kind: 'memory', wire: memoryWire, tokens: 1_000_000 })
      if (result.kind === 'growth') figures.growthBytes = result.bytes
    }
    for (let round = 0; needs.has('wire.crowd') && round < rounds; round++) {
      const crowd = { kind: /** @type {const} */ ('crowd'), streams: 1_000, tokens: 250, everyMs: 20 }
      const result = await ask({ ...crowd, wire: 'openai-compatible' })
      if (result.kind === 'crowd') figures.crowds.push(result)
    }
    return figures
  } finally {
    await server.stop()
  }
}

/** A process of its own each time, since what is compiled first shapes the rest. @param {number} rounds @param {() => Promise<JobResult>} ask */
async function inRounds(rounds, ask) {
  /** @type {{ ours: number[], client: number[] }} */
  const all = { ours: [], client: [] }
  for (let round = 0; round < rounds; round++) {
    const result = await ask()
    if (result.kind !== 'timings') throw new Error('The client gave no times.')
    all.ours.push(...result.ours)
    all.client.push(...result.client)
  }
  return all
}

/** @param {Job} job @param {string} origin @param {string | undefined} profileFolder @returns {Promise<JobResult>} */
async function askClient(job, origin, profileFolder) {
  const profile =
    profileFolder === undefined
      ? []
      : [
          '--cpu-prof',
          `--cpu-prof-dir=${profileFolder}`,
          `--cpu-prof-name=${job.kind}-${job.wire}.cpuprofile`,
        ]
  const client = start('client', { ROUNDHOUSE_BENCH_ORIGIN: origin }, ['--expose-gc', ...profile])
  try {
    client.child.send(job)
    const [result] = await once(client.child, 'message', { signal: AbortSignal.timeout(jobTimeoutMs) })
    if (result.kind === 'failed') throw new Error(`${job.kind} of ${job.wire}: ${result.error}`)
    return result
  } finally {
    await client.stop(profileFolder !== undefined)
  }
}

async function build() {
  const programs = ['server.ts', 'client.ts'].map((name) => join(root, 'test', 'bench', 'wires', name))
  await buildPrograms(target, programs, { packages: 'external' })
}

/** @param {'server' | 'client'} name @param {NodeJS.ProcessEnv} more @param {string[]} [execArgv] */
function start(name, more, execArgv = []) {
  const child = fork(join(target, `${name}.mjs`), [], {
    execPath: locateNode24().path,
    execArgv,
    env: { ...process.env, ...more },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  })
  const release = endWithParent(child)
  return {
    child,
    /** A profile is written by a process that ends by itself. @param {boolean} [gently] */
    async stop(gently = false) {
      if (gently) {
        child.disconnect()
        await once(child, 'exit')
      } else await stopGroup(child)
      release()
    },
  }
}
