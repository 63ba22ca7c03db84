import type { Agent, ClientRequest, request as httpRequest, IncomingMessage } from 'node:http'
import type {
  Connecting,
  Disposable,
  FetchInit,
  HttpAnswer,
  HttpHeaders,
  LocalExchange,
} from '../core/ports.js'
import { createByteReader } from './byteReader.js'
import type { decodeContent } from './contentDecoding.js'
import { StaleConnection, watchForStaleness } from './staleConnection.js'

export interface LocalFetch extends Disposable {
  /**
   * As the platform's own fetch, for `http:` alone and without its limits of 10 s for the connection and of 300 s for
   * the headers, and between two pieces of the body: its caller sees the connection being made and sets limits of its
   * own. A model that is loaded first, or thinks, may need longer. Never follows a redirect. A request that meets a
   * kept connection which its server has just closed is sent once more, on a new one. Asks for no compression, and
   * decodes what comes compressed all the same; if it cannot, to read the body rejects with `ERR_CONTENT_ENCODING`.
   */
  readonly fetch: LocalExchange
}

interface Connections {
  /** False: a connection of its own. */
  readonly agent: Agent | false
  readonly request: typeof httpRequest
  readonly decode: typeof decodeContent
}

/** Milliseconds. An idle socket is closed before a server does so, which would cost the next request. */
const idleMs = 4_000

/** Bytes of an answer's headers. */
const maxHeaderSize = 64 * 1024

/** An answer with one of these has no body. */
const bodiless = new Set([101, 204, 205, 304])

export function createLocalFetch(): LocalFetch {
  let opened: Promise<Connections> | undefined
  const open = async (): Promise<Connections> => {
    const loading = import('./contentDecoding.js')
    const { Agent: HttpAgent, request } = await import('node:http')
    const { decodeContent: decode } = await loading
    return { agent: new HttpAgent({ keepAlive: true, timeout: idleMs }), request, decode }
  }
  return {
    async fetch(input, init = {}) {
      opened ??= open()
      const connections = await opened
      try {
        return await exchange(connections, input, init)
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error
        return await exchange({ ...connections, agent: false }, input, init)
      }
    },
    dispose: () => void opened?.then(({ agent }) => agent !== false && agent.destroy()),
  }
}

async function exchange(
  { agent, request: start, decode }: Connections,
  input: string | URL,
  { method = 'GET', headers, body, signal: given, connecting }: FetchInit,
): Promise<HttpAnswer> {
  const signal = given ?? undefined
  signal?.throwIfAborted()
  const isText = typeof body === 'string' || body === undefined || body === null
  if (!isText) throw new TypeError('It takes a text for its body.')
  const request = start({
    agent,
    method,
    headers: recordOf(headers),
    maxHeaderSize,
    ...addressOf(input),
  })
  if (connecting !== undefined) tellOfConnection(request, connecting)
  const isStale = watchForStaleness(request)
  const abort = (): void => void request.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  request.once('close', () => signal?.removeEventListener('abort', abort))
  const answered = Promise.withResolvers<HttpAnswer>()
  // At once: what came with the headers is then read in the same turn.
  request.once('response', (message) => answered.resolve(answerOf(message, decode, signal)))
  request.on('error', (error) => {
    const failure = isStale(error) ? new StaleConnection() : error
    answered.reject(signal?.aborted === true ? signal.reason : failure)
  })
  request.end(body ?? undefined)
  return await answered.promise
}

function answerOf(
  message: IncomingMessage,
  decode: typeof decodeContent,
  signal: AbortSignal | undefined,
): HttpAnswer {
  const { statusCode: status = 0 } = message
  const headers = headersOf(message)
  const isEmpty = bodiless.has(status)
  if (isEmpty) message.resume()
  const open = () =>
    createByteReader({ message, body: decode(message, headers.get('content-encoding')), signal })
  const reader = isEmpty ? undefined : open()
  return {
    status,
    ok: status >= 200 && status < 300,
    type: 'basic',
    headers,
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
  // To compress would cost this machine twice, and hold pieces of a stream back.
  return { 'accept-encoding': 'identity', ...(isRecord ? headers : Object.fromEntries(new Headers(headers))) }
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
