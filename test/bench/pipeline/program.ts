// Asks one server in several ways, in turn, and prints how long each call took, in milliseconds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { argv } from 'node:process'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { type Ask, check, createDocumentFetch, createGenerateText, createStreamFetch } from './contestants.js'
import { createProduct } from './product.js'
import { serve } from './server.js'

const names = ['streamFetch', 'product', 'documentFetch', 'generateText'] as const

type Name = (typeof names)[number]

/** Milliseconds, one for each round; the same index is the same round. */
export interface PipelineFigures extends Readonly<Record<Name, readonly number[]>> {
  /** How long the program was busy after an answer of the product; measured by itself, as `idle` is without a call. */
  readonly after: readonly number[]
  readonly idle: readonly number[]
}

const rounds = 1_500
const warmUp = 500
/** Milliseconds between an answer and the next question, so that nobody pays for what another does after its answer. */
const pauseMs = 2
const quietRounds = 300
const promptText = 'What does all work and no play make of a boy? '.repeat(20)

async function time(ask: Ask, prompt: string): Promise<number> {
  const begun = performance.now()
  const text = await ask(prompt)
  const took = performance.now() - begun
  check(text)
  return took
}

/** Keeps turning the event loop: a process that slept would find its code gone from the processor's caches. */
async function pause(): Promise<void> {
  const end = performance.now() + pauseMs
  while (performance.now() < end) await setImmediate()
}

/** Milliseconds of a short sleep that were spent working. */
async function sleepBusily(): Promise<number> {
  const before = performance.eventLoopUtilization()
  await setTimeout(pauseMs + 1)
  return performance.eventLoopUtilization(before).active
}

async function measureAfter(product: Ask): Promise<Pick<PipelineFigures, 'after' | 'idle'>> {
  const after: number[] = []
  const idle: number[] = []
  for (let round = 0; round < quietRounds; round++) {
    await product(`quiet ${round}: ${promptText}`)
    after.push(await sleepBusily())
    idle.push(await sleepBusily())
  }
  return { after, idle }
}

async function measure(origin: string, product: Ask): Promise<PipelineFigures> {
  const contestants: Readonly<Record<Name, Ask>> = {
    streamFetch: createStreamFetch(origin),
    product,
    documentFetch: createDocumentFetch(origin),
    generateText: createGenerateText(origin),
  }
  const figures: Record<Name, number[]> = {
    streamFetch: [],
    product: [],
    documentFetch: [],
    generateText: [],
  }
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + Math.abs(round)) % names.length] ?? 'product'
      const took = await time(contestants[name], `${round}: ${promptText}`)
      await pause()
      if (round >= 0) figures[name].push(took)
    }
  }
  return { ...figures, ...(await measureAfter(product)) }
}

async function main(): Promise<void> {
  const server = fork(argv[1] ?? '', ['serve'])
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-bench-pipeline-'))
  try {
    const [port] = await once(server, 'message')
    const origin = `http://127.0.0.1:${port}`
    const product = await createProduct(origin, folder)
    console.log(JSON.stringify(await measure(origin, product.ask)))
    product.dispose()
  } finally {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (argv[2] === 'serve') serve()
else await main()
