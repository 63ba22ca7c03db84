import { ModelError } from '../../core/errors.js'
import type { ModelInfo } from '../../core/model.js'
import type { Fetch } from '../../core/ports.js'
import type { ProviderContext } from '../../core/provider.js'
import { guardBody, readCapped } from './body.js'
import { type Configured, readConfigured } from './configured.js'
import type { ErrorRule } from './errorRules.js'
import { findModelError, looksLikeHtml, responseError } from './errors.js'
import { formatOf } from './eventGuard.js'
import { numberField } from './fields.js'
import { type Authorization, buildHeaders } from './headers.js'
import { parseJson } from './json.js'
import { brokenOff, networkError, unexpectedAnswer } from './networkError.js'
import { readRateLimits } from './rateLimits.js'
import { createRequestScope, type RequestScope } from './requestScope.js'
import { isLoopback, nameOf, type Subject } from './subject.js'
import { type ExchangeKind, type Timeouts, timeoutsFor } from './timeouts.js'

export interface TransportOptions {
  readonly provider: { readonly id: string; readonly name: string; readonly location: 'cloud' | 'local' }
  /** `chat` expects a stream and waits long; `list` expects one document within 10 s, `document` waits for it as long. */
  readonly kind: ExchangeKind
  readonly model?: ModelInfo
  /** How the key travels; `bearer` where not given. */
  readonly authorization?: Authorization
  /** The provider's own headers, on every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Tried before the common rules. */
  readonly errorRules?: readonly ErrorRule[]
  readonly timeouts?: Partial<Timeouts>
}

/** The only way to a server. One per call of a provider: it holds that call's state. */
export interface Transport {
  readonly subject: Subject
  /** The connection's base URL without a slash at its end. */
  readonly baseUrl: string
  /**
   * For the official SDKs: sets the key itself (give an SDK any placeholder), refuses every other origin, and throws
   * ModelError for everything but a 2xx answer of the expected kind. Its streams fail with ModelError too.
   */
  readonly fetch: Fetch
  /** One JSON document: GET, or POST where there is a body. `path` below the base URL, or an absolute URL of its origin. */
  json(path: string, body?: unknown): Promise<unknown>
  /** Whether `data: [DONE]` went by. */
  sawDone(): boolean
  /** The answer is told, or as good as: what is left of its stream is worth so many milliseconds. */
  endWithin(ms: number): void
  /** The error of an error object that came inside a stream. */
  bodyError(body: unknown): ModelError
  /** Makes a ModelError of whatever an SDK threw. */
  error(thrown: unknown): ModelError
}

const maximumEventBytes = 16 * 1024 * 1024
/** A hundred embeddings of thousands of numbers each are one document. */
const maximumDocumentBytes = 64 * 1024 * 1024
const maximumErrorBytes = 64 * 1024
const maximumRedirects = 3

/** Throws ModelError `invalid-request` where the connection has no usable base URL, or names an unset variable. */
export function createTransport(context: ProviderContext, options: TransportOptions): Transport {
  const base = parseBase(context, options)
  const configured = readConfigured(context)
  const subject = subjectOf(context, options, { base, secrets: configured.secrets })
  const state: CallState = {
    context,
    options,
    configured,
    subject,
    origin: base.origin,
    sent: undefined,
    scope: undefined,
    sawDone: () => false,
  }
  const send: Fetch = (input, init = {}) => exchange(state, input, init)
  const baseUrl = base.href.replace(/\/+$/, '')
  return {
    subject,
    baseUrl,
    fetch: send,
    sawDone: () => state.sawDone(),
    endWithin: (ms) => state.scope?.endWithin(ms),
    async json(path, body) {
      const response = await send(new URL(path, `${baseUrl}/`), {
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      })
      const parsed = parseJson(await response.text())
      if (parsed === undefined) throw unexpectedAnswer(subject, 'something that is not JSON')
      return parsed
    },
    bodyError: (body) =>
      responseError(subject, { body, sent: state.sent, now: context.clock.now() }, options.errorRules),
    error: (thrown) => translate(state, thrown),
  }
}

interface CallState {
  readonly context: ProviderContext
  readonly options: TransportOptions
  readonly configured: Configured
  readonly subject: Subject
  readonly origin: string
  /** The body of the last request, parsed; only to keep it out of error messages. */
  sent: unknown
  /** Of the last request. */
  scope: RequestScope | undefined
  sawDone: () => boolean
}

function parseBase(context: ProviderContext, { provider }: TransportOptions): URL {
  const text = context.connection.baseUrl
  const base = text === undefined ? null : URL.parse(text)
  const fault =
    text === undefined || text.trim() === ''
      ? 'has no base URL. Enter one'
      : base === null || !/^https?:$/.test(base.protocol)
        ? 'has a base URL that does not start with http:// or https://. Correct it'
        : base.username !== '' || base.password !== ''
          ? 'has a user name or password in its base URL. Remove it there, and enter it as the key or as a header'
          : undefined
  if (base !== null && fault === undefined) return base
  const message = `The connection “${context.connection.name}” ${fault ?? 'has no base URL. Enter one'}.`
  throw new ModelError({ code: 'invalid-request', message, provider: provider.id })
}

function subjectOf(
  context: ProviderContext,
  { provider, model }: TransportOptions,
  { base, secrets }: { readonly base: URL; readonly secrets: readonly string[] },
): Subject {
  return {
    provider: provider.id,
    providerName: provider.name,
    connection: context.connection.name,
    host: base.host,
    location: isLoopback(base.hostname) ? 'local' : provider.location,
    secrets: context.key === undefined ? secrets : [context.key, ...secrets],
    ...(model === undefined ? {} : { model: { connection: context.connection.id, id: model.id } }),
  }
}

async function exchange(
  state: CallState,
  input: string | URL | Request,
  init: RequestInit,
): Promise<Response> {
  const { context, options, subject } = state
  if (input instanceof Request) throw new TypeError('The transport takes an address and its options.')
  state.sent = typeof init.body === 'string' ? parseJson(init.body) : undefined
  const headers = buildHeaders(context, subject, {
    authorization: options.authorization ?? 'bearer',
    configured: state.configured,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(init.headers === undefined ? {} : { sdk: init.headers }),
  })
  const scope = createRequestScope({
    subject,
    clock: context.clock,
    timeouts: timeoutsFor(subject, options, numberField(context, 'timeoutSeconds')),
    signals: init.signal ? [context.signal, init.signal] : [context.signal],
  })
  state.scope = scope
  try {
    const response = await follow(state, withQuery(new URL(input), state.configured), {
      ...init,
      headers,
      signal: scope.signal,
    })
    return await accept(state, scope, response)
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

/** Sends, and follows redirects within the connection's own origin: elsewhere the key has no business. */
async function follow(state: CallState, first: URL, init: RequestInit): Promise<Response> {
  let url = first
  for (let hop = 0; ; hop++) {
    if (url.origin !== state.origin) throw foreign(state.subject, url, false)
    const response = await state.context.fetch(url, { ...init, redirect: 'manual' })
    if (response.type === 'opaqueredirect')
      throw unexpectedAnswer(state.subject, 'a redirect that cannot be followed')
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return response
    const target = URL.parse(location, url)
    await response.body?.cancel()
    if (target !== null && target.origin !== state.origin) throw foreign(state.subject, target, true)
    const replayable = init.body === undefined || init.body === null || typeof init.body === 'string'
    if (target === null || hop >= maximumRedirects || !replayable || response.status === 303) {
      throw unexpectedAnswer(state.subject, 'a redirect that cannot be followed')
    }
    url = target
  }
}

function foreign(subject: Subject, url: URL, redirected: boolean): ModelError {
  const what = redirected
    ? `${nameOf(subject)} at ${subject.host} redirects`
    : `A request of ${nameOf(subject)} would go`
  return new ModelError({
    code: 'invalid-request',
    message: `${what} to ${url.origin}, and a key never leaves for another origin. If that is the right address, make it the connection’s base URL.`,
    provider: subject.provider,
  })
}

/** Lets a good answer through, watched; throws what any other one says. */
async function accept(state: CallState, scope: RequestScope, response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  tellRateLimits(state, response)
  if (!response.ok) {
    const text = await readCapped(response, maximumErrorBytes, scope)
    throw failedResponse(state, response, text)
  }
  if (type.includes('text/html')) throw webPage(state.subject, response.status)
  if (state.options.kind === 'chat' && formatOf(type) === 'document') {
    const body = parseJson(await readCapped(response, maximumErrorBytes, scope))
    if (typeof body === 'object' && body !== null && 'error' in body)
      throw failedInside(state, response, body)
    throw unexpectedAnswer(state.subject, 'one document where a stream was asked for')
  }
  const guarded = guardBody(response, scope, {
    subject: state.subject,
    format: formatOf(type),
    limit: state.options.kind === 'document' ? maximumDocumentBytes : maximumEventBytes,
  })
  state.sawDone = () => guarded.sawDone()
  return guarded.response
}

function tellRateLimits({ context }: CallState, { headers }: Response): void {
  const limits = context.onRateLimits === undefined ? undefined : readRateLimits(headers, context.clock.now())
  if (limits !== undefined) context.onRateLimits?.(limits)
}

function failedResponse(state: CallState, response: Response, text: string): ModelError {
  const { subject, context, options, sent } = state
  if (looksLikeHtml(text) && response.status === 404) return webPage(subject, response.status)
  const body = parseJson(text) ?? text
  const now = context.clock.now()
  const failed = { status: response.status, headers: response.headers, body, sent, now }
  return responseError(subject, failed, options.errorRules)
}

function failedInside(state: CallState, response: Response, body: unknown): ModelError {
  const { subject, context, options, sent } = state
  const failed = { headers: response.headers, body, sent, now: context.clock.now() }
  return responseError(subject, failed, options.errorRules)
}

function webPage(subject: Subject, status: number): ModelError {
  return new ModelError({
    code: 'not-found',
    message: `${nameOf(subject)} at ${subject.host} answered with a web page (${status}) instead of an API. Is the base URL right?`,
    provider: subject.provider,
    status,
    ...(subject.model === undefined ? {} : { model: subject.model }),
  })
}

function translate(state: CallState, thrown: unknown): ModelError {
  const known = findModelError(thrown)
  if (known !== undefined) return known
  // An SDK's error for an error object inside a stream; its own text may quote the request.
  if (thrown instanceof Error && 'error' in thrown && thrown.error !== undefined && thrown.error !== null) {
    return responseError(
      state.subject,
      { body: { error: thrown.error }, sent: state.sent, now: state.context.clock.now() },
      state.options.errorRules,
    )
  }
  // Half an event, or none: the engine's words would quote what was received.
  if (thrown instanceof SyntaxError) return brokenOff(state.subject)
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(state.subject)} at ${state.subject.host} sent an answer that could not be read. Try again, or choose another model.`,
    provider: state.subject.provider,
    cause: thrown,
    ...(state.subject.model === undefined ? {} : { model: state.subject.model }),
  })
}
