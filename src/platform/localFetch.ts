import type { Agent, ClientRequest, request as httpRequest, IncomingMessage } from 'node:http'
import type {
  ByteReader,
  Connecting,
  Disposable,
  FetchInit,
  HttpAnswer,
  HttpHeaders,
  LocalExchange,
} from '../core/ports.js'

export interface LocalFetch extends Disposable {
  /**
   * As the platform's own fetch, for `http:` alone and without its limits of 10 s for the connection and of 300 s for
   * the headers, and between two pieces of the body: its caller is told of the connection and sets limits of its own. A
   * model that is loaded first, or thinks, may need longer. Never follows a redirect.
   */
  readonly fetch: LocalExchange
}

interface Connections {
  readonly agent: Agent
  readonly request: typeof httpRequest
}

/** Milliseconds. An idle socket is closed before a server does so, which would cost the next request. */
const idleMs = 4_000

/** To stop and start a socket for each piece would cost more than reading it. */
const readAheadBytes = 64 * 1024

/** An answer with one of these has no body. */
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
  input: string | URL,
  { method = 'GET', headers, body, signal: given, connecting }: FetchInit,
): Promise<HttpAnswer> {
  const signal = given ?? undefined
  signal?.throwIfAborted()
  const isText = typeof body === 'string' || body === undefined || body === null
  if (!isText) throw new TypeError('It takes a text for its body.')
  const request = start({ agent, method, headers: recordOf(headers), ...addressOf(input) })
  if (connecting !== undefined) tellOfConnection(request, connecting)
  const abort = (): void => void request.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  request.once('close', () => signal?.removeEventListener('abort', abort))
  return await new Promise<HttpAnswer>((resolve, reject) => {
    // At once: what came with the headers is then read in the same turn.
    request.once('response', (message) => resolve(answerOf(message, signal)))
    request.on('error', (error) => reject(signal?.aborted === true ? signal.reason : error))
    request.end(body ?? undefined)
  })
}

function answerOf(message: IncomingMessage, signal: AbortSignal | undefined): HttpAnswer {
  const { statusCode: status = 0 } = message
  const isEmpty = bodiless.has(status)
  if (isEmpty) message.resume()
  const reader = isEmpty ? undefined : readerOf(message, signal)
  return {
    status,
    ok: status >= 200 && status < 300,
    type: 'basic',
    headers: headersOf(message),
    body: reader === undefined ? null : { getReader: () => reader },
  }
}

/** In parts: to take a URL apart costs node:http more than all else that it does before it sends. */
function addressOf(input: string | URL) {
  const { hostname, port, pathname, search } = typeof input === 'string' ? new URL(input) : input
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 80 : port,
    path: pathname + search,
  }
}

function recordOf(headers: FetchInit['headers']): Record<string, string> {
  const isRecord = headers !== undefined && !Array.isArray(headers) && !(headers instanceof Headers)
  return isRecord ? headers : Object.fromEntries(new Headers(headers))
}

function tellOfConnection(request: ClientRequest, connecting: Connecting): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return
    connecting.began()
    socket.once('connect', () => connecting.done())
  })
}

function headersOf({ rawHeaders }: IncomingMessage): HttpHeaders {
  const headers = new Map<string, string>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    const value = rawHeaders[index + 1] ?? ''
    const known = headers.get(name)
    headers.set(name, known === undefined ? value : `${known}, ${value}`)
  }
  return {
    get: (name) => headers.get(name.toLowerCase()) ?? null,
    has: (name) => headers.has(name.toLowerCase()),
    [Symbol.iterator]: () => headers[Symbol.iterator](),
  }
}

/** Bytes as they come; a reader that is slow slows the server down. What came before a failure is read before it. */
function readerOf(message: IncomingMessage, signal: AbortSignal | undefined): ByteReader {
  const chunks: Uint8Array[] = []
  let bytes = 0
  let end: { readonly error?: unknown } | undefined
  let wake: (() => void) | undefined
  const finish = (how: { readonly error?: unknown }): void => {
    end ??= how
    wake?.()
  }
  const fail = (error: Error | undefined): void => {
    // Every answer is closed in the end, and to make an error is dear.
    if (end === undefined)
      finish({ error: signal?.aborted === true ? signal.reason : (error ?? brokenOff()) })
  }
  message.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes >= readAheadBytes) message.pause()
    wake?.()
  })
  message.on('end', () => (message.complete ? finish({}) : fail(undefined)))
  message.on('error', fail)
  message.on('close', () => fail(undefined))

  function take(): Uint8Array | undefined {
    const value = chunks.shift()
    bytes -= value?.byteLength ?? 0
    if (bytes < readAheadBytes && message.isPaused()) message.resume()
    return value
  }

  return {
    async read() {
      if (chunks.length === 0 && end === undefined) await new Promise<void>((resolve) => (wake = resolve))
      const value = take()
      if (value !== undefined) return { done: false, value }
      if (end !== undefined && 'error' in end) throw end.error
      return { done: true }
    },
    isOver: () => chunks.length === 0 && end !== undefined,
    async cancel() {
      finish({})
      message.destroy()
    },
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('The connection was closed in the middle of an answer.'), {
    code: 'ECONNRESET',
  })
}
