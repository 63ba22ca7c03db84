import { ModelError } from '../../core/errors.js'
import { nameOf, type Subject } from './subject.js'

interface NetworkFault {
  readonly codes: RegExp
  readonly code: 'unreachable' | 'timeout'
  readonly what: (subject: Subject) => string
  readonly next: (subject: Subject) => string
  readonly retryable: boolean
}

const startServer = (subject: Subject): string =>
  subject.location === 'local'
    ? 'Start the server, or check the base URL.'
    : 'Check the network and the base URL.'

function noConnection(subject: Subject, within = 'in time'): string {
  return `${nameOf(subject)} at ${subject.host} accepted no connection ${within}`
}

function connectNext({ location }: Subject): string {
  const where =
    location === 'local' ? 'See whether the server is overloaded' : 'Check the network and its proxy'
  return `${where}, and whether the base URL is right.`
}

/** By the codes of Node's sockets, of its fetch, and of Chromium's network stack. */
const faults: readonly NetworkFault[] = [
  {
    codes: /ENOTFOUND|EAI_AGAIN|NAME_NOT_RESOLVED/,
    code: 'unreachable',
    what: (s) => `The host ${s.host} of ${nameOf(s)} cannot be found`,
    next: () => 'Check the base URL and the network.',
    retryable: true,
  },
  {
    codes: /ECONNREFUSED|CONNECTION_REFUSED/,
    code: 'unreachable',
    what: (s) => `Nothing is listening at ${s.host} for ${nameOf(s)}`,
    next: startServer,
    retryable: true,
  },
  {
    codes: /UND_ERR_CONNECT_TIMEOUT|CONNECTION_TIMED_OUT/,
    code: 'timeout',
    what: noConnection,
    next: connectNext,
    retryable: true,
  },
  {
    codes: /UND_ERR_(HEADERS|BODY)_TIMEOUT|ETIMEDOUT|TIMED_OUT/,
    code: 'timeout',
    what: (s) => `${nameOf(s)} at ${s.host} did not answer in time`,
    next: (s) =>
      s.location === 'local' ? 'See whether the server is still busy.' : 'Check the network and try again.',
    retryable: true,
  },
  {
    codes: /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS|ERR_SSL|EPROTO/,
    code: 'unreachable',
    what: (s) =>
      `The secure connection to ${s.host} failed: its certificate is not trusted, or it does not speak TLS`,
    next: () =>
      'Check whether the base URL should start with http:// or https://, and the system’s certificates.',
    retryable: false,
  },
  {
    codes: /ENETUNREACH|EHOSTUNREACH|INTERNET_DISCONNECTED|NETWORK_CHANGED|ADDRESS_UNREACHABLE/,
    code: 'unreachable',
    what: (s) => `There is no network connection to ${s.host} of ${nameOf(s)}`,
    next: () => 'Check the network, or choose a local model.',
    retryable: true,
  },
]

/** The error of a request that got no answer at all. */
export function networkError(subject: Subject, thrown: unknown): ModelError {
  const codes = collectCodes(thrown)
  if (/HEADERS?_OVERFLOW/.test(codes)) return headersTooLarge(subject)
  const fault = faults.find((row) => row.codes.test(codes))
  const message =
    fault === undefined
      ? `The connection to ${subject.host} of ${nameOf(subject)} failed. ${startServer(subject)}`
      : `${fault.what(subject)}. ${fault.next(subject)}`
  return new ModelError({
    code: fault?.code ?? 'unreachable',
    message,
    provider: subject.provider,
    retryable: fault?.retryable ?? true,
    cause: thrown,
    model: subject.model,
  })
}

/** The error of a connection that was not made in its time. */
export function connectTimeoutError(subject: Subject, waitedMs: number): ModelError {
  const seconds = Math.round(waitedMs / 1000)
  const within = `within ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
  return new ModelError({
    code: 'timeout',
    message: `${noConnection(subject, within)}. ${connectNext(subject)}`,
    provider: subject.provider,
    retryable: true,
    model: subject.model,
  })
}

/** The error of an answer that had begun and broke off. */
export function brokenOff(subject: Subject, thrown?: unknown): ModelError {
  return new ModelError({
    code: 'incomplete',
    message: `The answer of ${nameOf(subject)} broke off before its end. What arrived is kept; try again.`,
    provider: subject.provider,
    retryable: true,
    ...(thrown === undefined ? {} : { cause: thrown }),
    model: subject.model,
  })
}

/** The error of an encoding that cannot be undone here. */
export function encodingError(subject: Subject): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} at ${subject.host} sent its answer with a compression that Roundhouse does not read. Turn compression off at the server, or at the proxy in front of it.`,
    provider: subject.provider,
    model: subject.model,
  })
}

/** The error of response headers that are larger than any that are meant well. */
export function headersTooLarge(subject: Subject): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} at ${subject.host} sent response headers of more than 64 kB, and they were not read. Check the server, and the proxy in front of it.`,
    provider: subject.provider,
    model: subject.model,
  })
}

/** By the codes of zlib, Brotli and Zstandard; an end that comes too early is not among them. */
const damaged = /Z_(?:DATA|STREAM)_ERROR|Z_NEED_DICT|ERR__ERROR_|ZSTD_error/

/** The error of an answer whose body could not be read to its end. */
export function readingError(subject: Subject, thrown: unknown): ModelError {
  const codes = collectCodes(thrown)
  if (codes.includes('ERR_CONTENT_ENCODING')) return encodingError(subject)
  return damaged.test(codes)
    ? unexpectedAnswer(subject, 'compressed data that cannot be read')
    : brokenOff(subject, thrown)
}

/** The error of an answer that is not what this kind of API sends. */
export function unexpectedAnswer(subject: Subject, what: string): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} at ${subject.host} sent ${what}. Is the base URL right, and is it this kind of API?`,
    provider: subject.provider,
    model: subject.model,
  })
}

function collectCodes(thrown: unknown): string {
  const found: string[] = []
  let current: unknown = thrown
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') found.push(current.code)
    if (/net::ERR_/.test(current.message)) found.push(current.message)
    if (current instanceof AggregateError) for (const each of current.errors) found.push(collectCodes(each))
    current = current.cause
  }
  return found.join(' ')
}
