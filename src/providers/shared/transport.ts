import { isLoopback } from '../../core/credentials/origin.js'
import type { ModelError } from '../../core/errors.js'
import type { JsonRecord } from '../../core/json.js'
import type { ModelInfo } from '../../core/model.js'
import type { FetchInit, HttpAnswer, HttpHeaders, LocalExchange } from '../../core/ports.js'
import type { Provider, ProviderContext } from '../../core/provider.js'
import { refuseCloud } from '../../core/routing/localOnly.js'
import { parseDocument, readWhole } from './body.js'
import { type Configured, readConfigured } from './configured.js'
import type { ErrorRule } from './errorRules.js'
import { findModelError } from './errors.js'
import { type EventStream, openEventStream } from './eventStream.js'
import { type Authorization, buildHeaders } from './headers.js'
import { networkError, unexpectedAnswer } from './networkError.js'
import { parseBase } from './parsedBase.js'
import type { QuietCheck } from './quietCheck.js'
import { tellRateLimits } from './rateLimits.js'
import { redactMessage } from './redaction.js'
import { createRequestScope, type RequestScope } from './requestScope.js'
import { checkResponse } from './responseCheck.js'
import { readServed } from './served.js'
import type { Subject } from './subject.js'
import { type ExchangeKind, patienceOf, type Timeouts, timeoutsFor } from './timeouts.js'
import { toldError } from './toldErrors.js'
import { type FailedAnswer, failedBody, foreign, translate } from './transportErrors.js'

export interface TransportOptions {
  readonly provider: Pick<Provider, 'id' | 'name' | 'location' | 'baseUrl'>
  /** `chat` expects a stream and waits long; `list` expects one document within 10 s, `document` waits for it as long. */
  readonly kind: ExchangeKind
  readonly model?: ModelInfo
  /** How the key travels; `bearer` where not given. */
  readonly authorization?: Authorization
  /** The provider's own headers, on every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Tried before the common rules. */
  readonly errorRules?: readonly ErrorRule[]
  /** The server holds a part of its answer back until it is whole, as some do with tool calls. */
  readonly holdsBack?: boolean
  readonly timeouts?: Partial<Timeouts>
  /** Asked where an answer that has begun brings nothing but pings. */
  readonly quiet?: QuietCheck
}

/** The only way to a server. One per call of a provider: it holds that call's state. */
export interface Transport {
  readonly subject: Subject
  /** The connection's base URL without a slash at its end. */
  readonly baseUrl: string
  /**
   * Posts to a path below the base URL, or to an absolute URL of its origin, and answers the stream that comes back.
   * Throws ModelError for everything else, as the stream does.
   */
  stream(path: string, body: JsonRecord, options?: StreamOptions): Promise<EventStream>
  /** One JSON document: GET, or POST where there is a body. `path` below the base URL, or an absolute URL of its origin. */
  json(path: string, body?: unknown): Promise<unknown>
  /** What an event of an answer says of who made it; the caller is told once. */
  served(event: unknown): void
  /** The answer is told, or as good as: what is left of its stream is worth so many milliseconds. */
  endWithin(ms: number): void
  /** The error of an error object that came inside a stream. */
  bodyError(body: unknown): ModelError
  /** A server's words as they may be shown: no key, nothing of the request. */
  quote(words: string): string
  /** Makes a ModelError of whatever an SDK threw. */
  error(thrown: unknown): ModelError
}

interface StreamOptions {
  /** Server-sent events where absent. */
  readonly format?: 'lines'
}

/** Bytes. */
const maximumEventBytes = 16 * 1024 * 1024
/** A hundred embeddings of thousands of numbers each are one document. */
const maximumDocumentBytes = 64 * 1024 * 1024
const maximumRedirects = 3

/** Throws ModelError `invalid-request` where the connection has no usable base URL, or names an unset variable. */
export function createTransport(context: ProviderContext, options: TransportOptions): Transport {
  const base = parseBase(context, options)
  const configured = readConfigured(context)
  const subject = subjectOf(context, options, { base, configured })
  const state: CallState = {
    context,
    options,
    configured,
    subject,
    origin: base.origin,
    sent: undefined,
    headers: noHeaders,
    scope: undefined,
  }
  const baseUrl = base.href.replace(/\/+$/, '')
  return {
    subject,
    baseUrl,
    endWithin: (ms) => state.scope?.endWithin(ms),
    served: createServedTeller(context),
    stream: (path, body, { format } = {}) =>
      openStream(state, path.startsWith('/') ? new URL(`${baseUrl}${path}`) : new URL(path), {
        body,
        format,
      }),
    json: (path, body) => readDocument(state, new URL(path, `${baseUrl}/`), body),
    quote: (words) => redactMessage(words, { secrets: subject.secrets(), sent: state.sent }),
    bodyError: (body) => failedBody(failedAnswer(state, state.headers), body),
    error: (thrown) => translate(subject, thrown),
  }
}

/** Of a request that has no answer yet; to make a Headers for each of them would cost more than to read an event. */
const noHeaders: HttpHeaders = {
  get: () => null,
  has: () => false,
  [Symbol.iterator]: () => [][Symbol.iterator](),
}

/** Each event is looked at until one names the model. */
function createServedTeller({ onServed }: ProviderContext): (event: unknown) => void {
  let isOpen = onServed !== undefined
  return (event) => {
    const served = isOpen ? readServed(event) : undefined
    if (served === undefined) return
    isOpen = false
    onServed?.(served)
  }
}

interface CallState {
  readonly context: ProviderContext
  readonly options: TransportOptions
  readonly configured: Configured
  readonly subject: Subject
  readonly origin: string
  /** The body of the last request; only to keep it out of error messages. */
  sent: unknown
  /** Of the last answer. */
  headers: HttpHeaders
  /** Of the last request. */
  scope: RequestScope | undefined
}

function subjectOf(
  context: ProviderContext,
  { provider, model }: TransportOptions,
  { base, configured }: { readonly base: URL; readonly configured: Configured },
): Subject {
  return {
    provider: provider.id,
    providerName: provider.name,
    connection: context.connection.name,
    host: base.host,
    location: isLoopback(base.hostname) ? 'local' : provider.location,
    secrets: () => (context.key === undefined ? [] : [context.key]).concat(configured.secrets()),
    ...(model === undefined ? {} : { model: { connection: context.connection.id, id: model.id } }),
  }
}

const acceptedTypes = {
  document: 'application/json',
  events: 'text/event-stream',
  lines: 'application/x-ndjson',
} as const

type Accepted = keyof typeof acceptedTypes

interface Exchange {
  readonly response: HttpAnswer
  readonly scope: RequestScope
}

async function openStream(
  state: CallState,
  url: URL,
  { body, format = 'events' }: { readonly body: JsonRecord; readonly format: 'lines' | undefined | 'events' },
): Promise<EventStream> {
  const { response, scope } = await exchange(state, url, { body, accepted: format })
  return openEventStream(response, scope, { subject: state.subject, format, limit: maximumEventBytes })
}

async function readDocument(state: CallState, url: URL, body: unknown): Promise<unknown> {
  const { subject } = state
  const { response, scope } = await exchange(state, url, { body, accepted: 'document' })
  const limit = state.options.kind === 'document' ? maximumDocumentBytes : maximumEventBytes
  const document = parseDocument(subject, await readWhole(response, scope, { subject, limit }))
  const told = toldError(document)
  if (told !== undefined) throw failedBody(failedAnswer(state, response.headers), told)
  return document
}

interface Asked {
  /** Undefined asks by GET. */
  readonly body: unknown
  readonly accepted: Accepted
}

async function exchange(state: CallState, url: URL, { body, accepted }: Asked): Promise<Exchange> {
  const { context, options, subject } = state
  if (context.isLocalOnly()) refuseCloud({ ...options, connection: context.connection })
  state.sent = body
  const headers = buildHeaders(context, subject, {
    authorization: options.authorization ?? 'bearer',
    configured: state.configured,
    own: {
      accept: acceptedTypes[accepted],
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
  })
  const patience = patienceOf(context)
  const { clock, signal } = context
  const timeouts = timeoutsFor(subject, options, patience)
  const scope = createRequestScope({ subject, clock, timeouts, signal, quiet: options.quiet })
  state.scope = scope
  // The platform's own fetch gives up after 10 s by itself, and is not watched for nothing.
  const isWatched = isOwnWay(state, url) || patience.connectMs !== undefined
  try {
    const response = await follow(state, withQuery(url, state.configured), {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers,
      signal: scope.signal,
      ...(isWatched ? { connecting: scope.connecting } : {}),
    })
    state.headers = response.headers
    tellRateLimits(context, response)
    const { kind } = options
    await checkResponse(response, scope, { ...failedAnswer(state, response.headers), kind })
    return { response, scope }
  } catch (thrown) {
    const error = findModelError(thrown) ?? scope.failure() ?? networkError(subject, thrown)
    // Closes the socket of an answer that is not wanted.
    scope.fail(error)
    throw error
  }
}

function withQuery(url: URL, { query }: Configured): URL {
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

/** Where there is TLS, or the internet between, the platform's own fetch knows about certificates and proxies. */
function isOwnWay({ context, subject }: CallState, { protocol }: URL): boolean {
  return subject.location === 'local' && protocol === 'http:' && context.localFetch !== undefined
}

function fetchFor(state: CallState, url: URL): LocalExchange {
  const { fetch, localFetch } = state.context
  return (isOwnWay(state, url) ? localFetch : undefined) ?? fetch
}

/** Sends, and follows redirects within the connection's own origin: elsewhere the key has no business. */
async function follow(state: CallState, first: URL, init: FetchInit): Promise<HttpAnswer> {
  const send = fetchFor(state, first)
  let url = first
  for (let hop = 0; ; hop++) {
    if (url.origin !== state.origin) throw foreign(state.subject, url, false)
    const response = await send(url, { ...init, redirect: 'manual' })
    if (response.type === 'opaqueredirect')
      throw unexpectedAnswer(state.subject, 'a redirect that cannot be followed')
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return response
    const target = URL.parse(location, url)
    await response.body?.getReader().cancel()
    if (target !== null && target.origin !== state.origin) throw foreign(state.subject, target, true)
    if (target === null || hop >= maximumRedirects || response.status === 303) {
      throw unexpectedAnswer(state.subject, 'a redirect that cannot be followed')
    }
    url = target
  }
}

function failedAnswer({ subject, context, options, sent }: CallState, headers: HttpHeaders): FailedAnswer {
  return { subject, headers, sent, now: context.clock.now(), errorRules: options.errorRules }
}
