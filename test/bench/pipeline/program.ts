// Asks one server in several ways, in turn, and prints how long each call took, in milliseconds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { type Ask, check, createDocumentFetch, createGenerateText, createStreamFetch } from './contestants.js'
import { createProduct } from './product.js'
import { serve } from './server.js'

const names = ['streamFetch', 'product', 'documentFetch', 'generateText'] as const

type Name = (typeof names)[number]

/** Milliseconds, one for each round; the same index is the same round. */
export type PipelineFigures = Readonly<Record<Name, readonly number[]>>

const rounds = 1_500
const warmUp = 500
const promptText = 'What does all work and no play make of a boy? '.repeat(20)

async function time(ask: Ask, prompt: string): Promise<number> {
  const begun = performance.now()
  const text = await ask(prompt)
  const took = performance.now() - begun
  check(text)
  return took
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
      if (round >= 0) figures[name].push(took)
    }
  }
  return figures
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
