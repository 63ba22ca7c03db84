// A process that answers as each API does. The model's name says how: `tokens-10000` as fast as it can be read,
// `paced-500-20` 500 tokens, one every 20 ms, each with its number and the moment at which it was sent.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import process from 'node:process'
import { bodies, type WireBody } from './bodies.js'

/** What a network brings at once, roughly. */
const pieceBytes = 4_096

interface Asked {
  readonly body: WireBody
  readonly count: number
  /** Milliseconds between two tokens; undefined: none. */
  readonly everyMs: number | undefined
}

const words = [
  'the ',
  'tracks ',
  'of ',
  'a ',
  'roundhouse ',
  'meet ',
  'at ',
  'its ',
  'turntable, ',
  'always ',
]

function pieceOf(
  body: WireBody,
  from: number,
  count: number,
): { readonly text: string; readonly next: number } {
  let text = ''
  let index = from
  while (index < count && text.length < pieceBytes) {
    text += body.token(index, words[index % words.length] ?? '')
    index++
  }
  return { text, next: index }
}

async function flood({ body, count }: Asked, response: ServerResponse): Promise<void> {
  response.write(body.head)
  for (let from = 0; from < count && !response.destroyed; ) {
    const { text, next } = pieceOf(body, from, count)
    from = next
    if (!response.write(text)) await new Promise<void>((resolve) => void response.once('drain', resolve))
  }
  response.end(body.tail(count))
}

interface Runner {
  readonly response: ServerResponse
  readonly asked: Asked
  readonly startedAt: number
  sent: number
}

/** One timer for all, so that a thousand streams cost no thousand timers. */
function createPacer() {
  const runners = new Set<Runner>()
  let timer: NodeJS.Timeout | undefined
  const tick = (): void => {
    for (const runner of runners) advance(runner)
    if (runners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const advance = (runner: Runner): void => {
    const { response, asked, startedAt } = runner
    const due = Math.min(asked.count, Math.floor((performance.now() - startedAt) / (asked.everyMs ?? 1)))
    // One token a tick at most: late ones are late, they do not come together.
    if (runner.sent < due && !response.destroyed) {
      response.write(
        asked.body.token(runner.sent, `${runner.sent}:${performance.timeOrigin + performance.now()} `),
      )
      runner.sent++
    }
    if (response.destroyed || runner.sent === asked.count) {
      response.end(asked.body.tail(asked.count))
      runners.delete(runner)
    }
  }
  return (asked: Asked, response: ServerResponse): void => {
    response.socket?.setNoDelay(true)
    response.write(asked.body.head)
    // Spread over the interval, as strangers are.
    const phase = (runners.size * 7) % (asked.everyMs ?? 1)
    runners.add({ response, asked, startedAt: performance.now() + phase, sent: 0 })
    timer ??= setInterval(tick, 1)
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function readAsked(url: string, text: string): Asked | undefined {
  const [path = ''] = url.split('?')
  const name = /\/models\/([^:]+):/.exec(path)?.[1] ?? JSON.parse(text).model
  const [, kind, count, everyMs] = /^(tokens|paced)-(\d+)(?:-(\d+))?$/.exec(String(name)) ?? []
  const body = Object.values(bodies).find(
    (each) => each.path === path.replace(/models\/[^:]+:/, 'models/bench:'),
  )
  if (kind === undefined || body === undefined) return undefined
  return { body, count: Number(count), everyMs: kind === 'paced' ? Number(everyMs) : undefined }
}

const pace = createPacer()

const server = createServer((request, response) => {
  const serve = async (): Promise<void> => {
    const asked = readAsked(request.url ?? '', await readBody(request))
    if (asked === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not here"}}')
      return
    }
    response.writeHead(200, { 'content-type': asked.body.type })
    if (asked.everyMs === undefined) await flood(asked, response)
    else pace(asked, response)
  }
  serve().catch(() => response.destroy())
})

server.listen(0, '127.0.0.1', 2_048, () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port })
})
process.on('disconnect', () => process.exit())
