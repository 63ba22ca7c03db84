import { ModelError } from '../../core/errors.js'
import type { Connection, Provider, ProviderContext } from '../../core/provider.js'

interface BaseOptions {
  readonly provider: Pick<Provider, 'id'>
}

/** Of connections whose base URL is usable: to take one apart for each request would cost as much as to build its body. */
const parsedBases = new WeakMap<Connection, URL>()

/** Throws ModelError `invalid-request` where it is absent or unusable. */
export function parseBase(context: ProviderContext, options: BaseOptions): URL {
  const known = parsedBases.get(context.connection)
  if (known !== undefined) return known
  const base = checkBase(context, options)
  parsedBases.set(context.connection, base)
  return base
}

function checkBase(context: ProviderContext, { provider }: BaseOptions): URL {
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
