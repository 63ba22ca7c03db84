import type { Agent, ClientRequest, request as httpRequest, IncomingMessage } from 'node:http'
import type { Connecting, Disposable, Fetch, FetchInit } from '../core/ports.js'

export interface LocalFetch extends Disposable {
  /**
   * As the platform's own fetch, for `http:` alone and without its limits of 10 s for the connection and of 300 s for
   * the headers, and between two pieces of the body: its caller is told of the connection and sets limits of its own. A
   * model that is loaded first, or thinks, may need longer. Never follows a redirect.
   */
  readonly fetch: Fetch
}

interface Connections {
  readonly agent: Agent
  readonly request: typeof httpRequest
}

/** Milliseconds. An idle socket is closed before a server does so, which would cost the next request. */
const idleMs = 4_000

/** To stop and start a socket for each piece would cost more than reading it. */
const readAheadBytes = 64 * 1024

/** A Response with one of these takes no body. */
const bodiless = new Set([101, 204, 205, 304])

export function createLocalFetch(): LocalFetch {
  let opened: Promise<Connections> | undefined
  const open = async (): Promise<Connections> => {
    const { Agent: HttpAgent, request } = await import('node:http')
    return { agent: new HttpAgent({ keepAlive: true, timeout: idleMs }), request }
  }
  return {
    async fetch(input, init = {}) {
      opened ??= open()
      return await exchange(await opened, input, init)
    },
    dispose: () => void opened?.then(({ agent }) => agent.destroy()),
  }
}

async function exchange(
  { agent, request: start }: Connections,
  input: Parameters<Fetch>[0],
  { method = 'GET', headers, body, signal: given, connecting }: FetchInit,
): Promise<Response> {
  const signal = given ?? undefined
  signal?.throwIfAborted()
  const isText = typeof body === 'string' || body === undefined || body === null
  if (input instanceof Request || !isText)
    throw new TypeError('It takes an address, and a text for its body.')
  const request = start(input, {
    agent,
    method,
    headers: Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers)),
  })
  if (connecting !== undefined) tellOfConnection(request, connecting)
  const abort = (): void => void request.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  request.once('close', () => signal?.removeEventListener('abort', abort))
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', (error) => reject(signal?.aborted === true ? signal.reason : error))
    request.end(body ?? undefined)
  })
  const { statusCode = 0, statusMessage } = message
  const init = { status: statusCode, statusText: statusMessage ?? '', headers: headersOf(message) }
  if (!bodiless.has(statusCode)) return new Response(bodyOf(message, signal), init)
  message.resume()
  return new Response(null, init)
}

function tellOfConnection(request: ClientRequest, connecting: Connecting): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return
    connecting.began()
    socket.once('connect', () => connecting.done())
  })
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  return headers
}

/** Bytes as they come; a reader that is slow slows the server down. */
function bodyOf(message: IncomingMessage, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let isOver = false
  const end = (finish: () => void): void => {
    if (isOver) return
    isOver = true
    finish()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = (error: Error | undefined): void =>
          end(() => controller.error(signal?.aborted === true ? signal.reason : (error ?? brokenOff())))
        message.on('data', (chunk: Buffer) => {
          if (isOver) return
          controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
          if ((controller.desiredSize ?? 0) <= 0) message.pause()
        })
        message.on('end', () => (message.complete ? end(() => controller.close()) : fail(undefined)))
        message.on('error', fail)
        message.on('close', () => fail(undefined))
      },
      pull: () => void (message.isPaused() && message.resume()),
      cancel: () => end(() => void message.destroy()),
    },
    { highWaterMark: readAheadBytes, size: (chunk) => chunk.byteLength },
  )
}

function brokenOff(): Error {
  return Object.assign(new Error('The connection was closed in the middle of an answer.'), {
    code: 'ECONNRESET',
  })
}
