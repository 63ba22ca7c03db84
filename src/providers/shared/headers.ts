import { ModelError } from '../../core/errors.js'
import type { ProviderContext } from '../../core/provider.js'
import type { Configured } from './configured.js'
import { nameOf, type Subject } from './subject.js'

export type Authorization = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key'

export interface HeaderOptions {
  readonly authorization: Authorization
  /** The request's own and the provider's. */
  readonly own: Readonly<Record<string, string>>
  readonly configured: Configured
}

/** By names in lower case. */
type HeaderRecord = Record<string, string>

const forbidden =
  /^(host|connection|content-length|transfer-encoding|expect|upgrade|te|trailer|keep-alive|proxy-.*)$/i

/** Headers of one request. Throws ModelError where the key or a configured header cannot be sent. */
export function buildHeaders(
  context: ProviderContext,
  subject: Subject,
  options: HeaderOptions,
): HeaderRecord {
  const headers: HeaderRecord = { 'user-agent': 'roundhouse' }
  const { configured } = options
  if (context.key !== undefined)
    setKey(headers, context.key, { authorization: configured.keyHeader ?? options.authorization, subject })
  for (const [name, value] of Object.entries(options.own)) headers[name.toLowerCase()] = value
  for (const [name, value] of Object.entries(configured.headers)) setConfigured(headers, name, value, subject)
  return headers
}

function setKey(
  headers: HeaderRecord,
  key: string,
  { authorization, subject }: { readonly authorization: string; readonly subject: Subject },
): void {
  // The engine's own complaint about such a value would print it.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ModelError({
      code: 'unauthorized',
      message: `The key of ${nameOf(subject)} has spaces, line ends or other characters that no key has. Enter it again.`,
      provider: subject.provider,
    })
  }
  if (authorization === 'bearer') headers['authorization'] = `Bearer ${key}`
  else setConfigured(headers, authorization, key, subject)
}

function setConfigured(headers: HeaderRecord, name: string, value: string, subject: Subject): void {
  const fits = /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !forbidden.test(name) && /^[\t\x20-\x7e]*$/.test(value)
  if (!fits) {
    throw new ModelError({
      code: 'invalid-request',
      message: `The header “${name}” of ${nameOf(subject)} cannot be sent. Correct its name or value in the connection’s headers.`,
      provider: subject.provider,
    })
  }
  headers[name.toLowerCase()] = value.trim()
}
