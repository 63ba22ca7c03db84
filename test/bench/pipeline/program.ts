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

/** Milliseconds, one for each call; the same index is the same round. */
type Times = Readonly<Record<Name, readonly number[]>>

export interface PipelineFigures {
  /** Each call right after the one before, a hundred of one contestant after a hundred of another. */
  readonly inRow: Times
  /** The contestants in turn, two milliseconds apart: each finds the processor's caches filled by others. */
  readonly apart: Times
  /** How long the program was busy after an answer of the product; measured by itself, as `idle` is without a call. */
  readonly after: readonly number[]
  readonly idle: readonly number[]
}

const blocks = 18
const blockLength = 100
const warmUpBlocks = 6
const apartRounds = 500
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

type Contestants = Readonly<Record<Name, Ask>>

const noTimes = (): Record<Name, number[]> => ({
  streamFetch: [],
  product: [],
  documentFetch: [],
  generateText: [],
})

/** Everybody begins as often as everybody else. */
function* inTurn(round: number): Generator<Name> {
  for (let turn = 0; turn < names.length; turn++)
    yield names[(turn + Math.abs(round)) % names.length] ?? 'product'
}

async function measureInRow(contestants: Contestants): Promise<Times> {
  const times = noTimes()
  for (let block = -warmUpBlocks; block < blocks; block++) {
    for (const name of inTurn(block)) {
      for (let call = 0; call < blockLength; call++) {
        const took = await time(contestants[name], `${block} ${call}: ${promptText}`)
        if (block >= 0) times[name].push(took)
      }
    }
  }
  return times
}

async function measureApart(contestants: Contestants): Promise<Times> {
  const times = noTimes()
  for (let round = 0; round < apartRounds; round++) {
    for (const name of inTurn(round)) {
      await pause()
      times[name].push(await time(contestants[name], `apart ${round}: ${promptText}`))
    }
  }
  return times
}

async function measure(origin: string, product: Ask): Promise<PipelineFigures> {
  const contestants: Contestants = {
    streamFetch: createStreamFetch(origin),
    product,
    documentFetch: createDocumentFetch(origin),
    generateText: createGenerateText(origin),
  }
  const inRow = await measureInRow(contestants)
  return { inRow, apart: await measureApart(contestants), ...(await measureAfter(product)) }
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
