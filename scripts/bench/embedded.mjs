// The embedded engine beside node-llama-cpp used directly: two processes that take turns on the same model.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { engineModules, prepareEngine } from '../engine.mjs'
import { installNode24, locateNode24 } from '../lib/node24.mjs'
import { root } from '../lib/paths.mjs'
import { endWithParent, stopGroup } from '../lib/processes.mjs'
import { makeTinyGguf } from '../tiny-gguf.mjs'
import { buildPrograms } from './buildPrograms.mjs'

const target = join(root, 'out', 'bench', 'embedded')
const turnsPerRound = 6
const turnTimeoutMs = 60_000
const reply = 'one two three four five six seven eight nine ten eleven twelve '

/**
 * @typedef {object} Contestant
 * @property {() => Promise<number>} generate resolves with tokens per second
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ rounds: number, step: import('../lib/progress.mjs').Step }} options
 * @returns {Promise<import('./rows.mjs').EmbeddedFigures>}
 */
export async function measureEmbedded({ rounds, step }) {
  await step('Node 24', installNode24)
  await step('llama.cpp', () => prepareEngine())
  const task = await prepare()
  const contestants = { product: start('product', task), direct: start('direct', task) }
  /** @type {{ product: number[], direct: number[] }} */
  const figures = { product: [], direct: [] }
  try {
    // The first turn of each loads the model.
    for (let turn = -1; turn < rounds * turnsPerRound; turn++) {
      /** @type {('product' | 'direct')[]} */
      const names = turn % 2 === 0 ? ['product', 'direct'] : ['direct', 'product']
      for (const name of names) {
        const speed = await contestants[name].generate()
        if (turn >= 0) figures[name].push(speed)
      }
    }
    return figures
  } finally {
    await Promise.all([contestants.product.stop(), contestants.direct.stop()])
  }
}

async function prepare() {
  const programs = ['product.ts', 'direct.ts'].map((name) => join(root, 'test', 'bench', 'embedded', name))
  await buildPrograms(target, programs, { external: ['node-llama-cpp'] })
  await symlink(engineModules, join(target, 'node_modules'), 'junction')
  const file = join(target, 'model.gguf')
  await writeFile(file, makeTinyGguf({ kind: 'script', reply, loop: true, context: 4096 }))
  return { file, prompt: 'Count.', threads: 1, maxTokens: 2_000 }
}

/**
 * @param {'product' | 'direct'} name
 * @param {import('../../test/bench/embedded/turns.js').Task} task
 * @returns {Contestant}
 */
function start(name, task) {
  const child = fork(join(target, `${name}.mjs`), [JSON.stringify(task)], {
    execPath: locateNode24().path,
    execArgv: [],
    env: { ...process.env, ROUNDHOUSE_BENCH_CHILD: join(root, 'dist', 'llama', 'child.mjs') },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  })
  const release = endWithParent(child)
  return {
    async generate() {
      child.send('generate')
      const [message] = await once(child, 'message', { signal: AbortSignal.timeout(turnTimeoutMs) })
      if (typeof message.tokensPerSecond !== 'number') throw new Error(`${name}: ${message.error}`)
      return message.tokensPerSecond
    },
    async stop() {
      await stopGroup(child)
      release()
    },
  }
}
