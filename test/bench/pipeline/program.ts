// Asks one server in several ways, in turn, and prints how long each call took, in milliseconds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { argv } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { type Ask, check, createDocumentFetch, createGenerateText, createStreamFetch } from './contestants.js'
import { createProduct } from './product.js'
import { serve } from './server.js'

const names = ['streamFetch', 'product', 'documentFetch', 'generateText'] as const

type Name = (typeof names)[number]

/** Milliseconds, one for each round; the same index is the same round. */
export interface PipelineFigures extends Readonly<Record<Name, readonly number[]>> {
  /** How long the program was busy between an answer and the next question. */
  readonly after: Readonly<Record<Name, readonly number[]>>
}

const rounds = 1_500
const warmUp = 500
/** Milliseconds between an answer and the next question, so that nobody pays for what another does after its answer. */
const pauseMs = 3
const promptText = 'What does all work and no play make of a boy? '.repeat(20)

async function time(ask: Ask, prompt: string): Promise<number> {
  const begun = performance.now()
  const text = await ask(prompt)
  const took = performance.now() - begun
  check(text)
  return took
}

/** Milliseconds of a pause that were spent working. */
async function pause(): Promise<number> {
  const before = performance.eventLoopUtilization()
  await setTimeout(pauseMs)
  return performance.eventLoopUtilization(before).active
}

const createFigures = (): Record<Name, number[]> => ({
  streamFetch: [],
  product: [],
  documentFetch: [],
  generateText: [],
})

async function measure(origin: string, product: Ask): Promise<PipelineFigures> {
  const contestants: Readonly<Record<Name, Ask>> = {
    streamFetch: createStreamFetch(origin),
    product,
    documentFetch: createDocumentFetch(origin),
    generateText: createGenerateText(origin),
  }
  const figures = createFigures()
  const after = createFigures()
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + Math.abs(round)) % names.length] ?? 'product'
      const took = await time(contestants[name], `${round}: ${promptText}`)
      const busy = await pause()
      if (round < 0) continue
      figures[name].push(took)
      after[name].push(busy)
    }
  }
  return { ...figures, after }
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
