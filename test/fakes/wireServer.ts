import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One step of an answer's body. */
export type Step =
  | { readonly write: Uint8Array | string }
  | { readonly waitMs: number }
  | { readonly until: Promise<unknown> }
  /** Ends the connection as a crash does. */
  | { readonly reset: true }
  /** Says nothing more, and keeps the connection. */
  | { readonly stall: true }

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Ends properly behind the last step, unless that is `reset` or `stall`. */
  readonly body?: string | Uint8Array | readonly Step[]
  /** Accepts the request and answers nothing at all. */
  readonly silent?: boolean
  /** Sends not even the headers before. */
  readonly after?: Promise<unknown>
}

export interface RecordedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

type Answerer = (request: RecordedRequest) => Reply | undefined

export interface WireServer {
  /** e.g. `http://127.0.0.1:40123`, without a slash at its end. */
  readonly origin: string
  readonly requests: readonly RecordedRequest[]
  /** Answers every request from now on; `undefined` is 404. */
  answer(answerer: Answerer | Reply): void
  /** Forgets the recorded requests. */
  clear(): void
  /** The first recorded request that is such, or the next one. */
  received(isWanted: (request: RecordedRequest) => boolean): Promise<RecordedRequest>
  openSockets(): number
  /** Exchanges whose answer has not ended, nor been given up by the client. */
  openExchanges(): number
  /** Resolves when no exchange is open. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** A real HTTP server on 127.0.0.1 that follows a script, per byte and per millisecond. */
export async function createWireServer(): Promise<WireServer> {
  const { server, listen } = prepareWireServer()
  await listen()
  return server
}

/** One server for the tests of a `describe`, each of which finds no request of another. */
export function useWireServer(): WireServer {
  const { server, listen } = prepareWireServer()
  before(listen)
  after(() => server.close())
  afterEach(() => server.clear())
  return server
}

function prepareWireServer(): { readonly server: WireServer; readonly listen: () => Promise<void> } {
  const requests: RecordedRequest[] = []
  const exchanges = new Set<ServerResponse>()
  const idlers: (() => void)[] = []
  const waiting = new Set<(request: RecordedRequest) => void>()
  let origin = ''
  let answerer: Answerer = () => undefined
  const settle = (response: ServerResponse): void => {
    exchanges.delete(response)
    if (exchanges.size === 0) for (const resolve of idlers.splice(0)) resolve()
  }
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    exchanges.add(response)
    response.once('close', () => settle(response))
    const request = await record(incoming)
    requests.push(request)
    for (const notice of waiting) notice(request)
    await perform(answerer(request) ?? { status: 404, body: '' }, response)
  }
  const http = createServer((incoming, response) => {
    // A client that has gone is part of the script.
    serve(incoming, response).catch(() => response.destroy())
  })
  const sockets = watchSockets(http)
  const server: WireServer = {
    get origin() {
      return origin
    },
    requests,
    answer: (given) => void (answerer = typeof given === 'function' ? given : () => given),
    clear: () => void requests.splice(0),
    received: (isWanted) =>
      new Promise((resolve) => {
        const notice = (request: RecordedRequest): void => {
          if (!isWanted(request)) return
          waiting.delete(notice)
          resolve(request)
        }
        waiting.add(notice)
        requests.forEach(notice)
      }),
    openSockets: () => sockets.size,
    openExchanges: () => exchanges.size,
    idle: () =>
      exchanges.size === 0 ? Promise.resolve() : new Promise((resolve) => void idlers.push(resolve)),
    async close() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
  return {
    server,
    listen: async () => {
      http.listen(0, '127.0.0.1')
      await once(http, 'listening')
      origin = `http://127.0.0.1:${readAddress(http).port}`
    },
  }
}

/** Those that are open. */
function watchSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function readAddress(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { method = '', url = '', headers } = incoming
  return { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') }
}

async function perform(reply: Reply, response: ServerResponse): Promise<void> {
  if (reply.silent === true) return
  await reply.after
  response.writeHead(reply.status ?? 200, reply.headers)
  response.flushHeaders()
  const { body = '' } = reply
  const steps: readonly Step[] =
    typeof body === 'string' || body instanceof Uint8Array ? [{ write: body }] : body
  for (const step of steps) {
    if (response.destroyed || 'stall' in step) return
    if ('reset' in step) {
      response.destroy()
      return
    }
    await performStep(step, response)
  }
  response.end()
}

async function performStep(step: Step, response: ServerResponse): Promise<void> {
  if ('waitMs' in step) await new Promise((resolve) => void setTimeout(resolve, step.waitMs))
  else if ('until' in step) await step.until
  else if ('write' in step && step.write.length > 0) {
    await new Promise<void>((resolve) => void response.write(step.write, () => resolve()))
  }
}

/** Cuts a body into pieces of `size` bytes, each a write of its own. */
export function split(body: Uint8Array, size: number): readonly Step[] {
  const steps: Step[] = []
  for (let from = 0; from < body.length; from += size) steps.push({ write: body.subarray(from, from + size) })
  return steps
}
