// How much memory one request with a long prompt takes at its peak: each request in a process of its own, the product's
// and a plain one of the same body in turn. Prints bytes.
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execArgv, execPath, resourceUsage } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createProduct } from '../pipeline/product.js'
import { serve } from '../pipeline/server.js'

const kinds = ['ascii', 'wide'] as const
type Kind = (typeof kinds)[number]
const contestants = ['product', 'plain'] as const
type Contestant = (typeof contestants)[number]

/** Bytes of the peak above what the process had before; the same index is the same round. */
export type PromptFigures = Readonly<Record<Kind, Readonly<Record<Contestant, readonly number[]>>>>

const rounds = 5
const promptBytes = 4 * 1024 * 1024
/** A line of code, and words of a script that takes three bytes a character. */
const lines: Readonly<Record<Kind, string>> = {
  ascii: 'const total = rows.reduce((sum, row) => sum + row.tokens, 0) // in tokens\n',
  wide: '線路はどこで交わりますか。次の駅までの時刻表を見てください。\n',
}

/** As one flat string. */
function makePrompt(kind: Kind): string {
  const line = Buffer.from(lines[kind])
  return Buffer.alloc(Math.floor(promptBytes / line.length) * line.length, line).toString('utf8')
}

/**
 * Collects what is left over, and then has the room for young objects in use, as it is in a host that works: it would
 * else count for whoever makes the most short-lived objects.
 */
function settleMemory(): void {
  globalThis.gc?.()
  let kept: object = {}
  for (let count = 0; count < 2_000_000; count++) kept = { count, before: count % 1_000 === 0 ? {} : kept }
  if (Object.keys(kept).length === 0) throw new Error('Nothing was kept.')
}

async function askPlainly(origin: string, content: string): Promise<void> {
  const messages = [{ role: 'user', content }]
  const options = { stream: true, stream_options: { include_usage: true } }
  const body = JSON.stringify({ model: 'bench', messages, temperature: 0, ...options })
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' }
  const request = httpRequest(`${origin}/v1/chat/completions`, { method: 'POST', headers })
  request.end(body)
  const [response] = await once(request, 'response')
  response.resume()
  await once(response, 'end')
}

async function measureOne(contestant: Contestant, kind: Kind, origin: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-bench-prompt-'))
  const product = await createProduct(origin, folder)
  const ask = contestant === 'product' ? product.ask : (text: string) => askPlainly(origin, text)
  try {
    // What the first request loads, and what the ledger writes after it, is not the prompt's.
    await ask('short')
    await setTimeout(300)
    const prompt = makePrompt(kind)
    settleMemory()
    const before = process.memoryUsage().rss
    await ask(prompt)
    // In kilobytes.
    return resourceUsage().maxRSS * 1024 - before
  } finally {
    product.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureAll(origin: string): Promise<PromptFigures> {
  const figures = {
    ascii: { product: [] as number[], plain: [] as number[] },
    wide: { product: [] as number[], plain: [] as number[] },
  }
  for (let round = 0; round < rounds; round++)
    for (const kind of kinds)
      for (const contestant of contestants) {
        const program = [...execArgv, '--expose-gc', argv[1] ?? '', contestant, kind, origin]
        const { stdout } = await promisify(execFile)(execPath, program)
        figures[kind][contestant].push(Number(stdout.trim().split('\n').at(-1)))
      }
  return figures
}

async function main(): Promise<void> {
  const server = fork(argv[1] ?? '', ['serve'])
  try {
    const [port] = await once(server, 'message')
    console.log(JSON.stringify(await measureAll(`http://127.0.0.1:${port}`)))
  } finally {
    server.kill()
  }
}

const [, , mode, kind, origin = ''] = argv
const contestant = contestants.find((name) => name === mode)
if (mode === 'serve') serve()
else if (contestant === undefined) await main()
else console.log(await measureOne(contestant, kind === 'wide' ? 'wide' : 'ascii', origin))
