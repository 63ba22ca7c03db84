import type { Environment } from '../../core/ports.js'
import { type Connection, environmentBaseUrl, type Provider } from '../../core/provider.js'
import { locationOfConnection } from '../../core/registry/location.js'
import type { ConnectionView } from '../../core/registry/registry.js'

/** Runs inside Roundhouse: it has files, no address. */
export function isEmbedded(provider: Provider): boolean {
  return provider.location === 'local' && provider.baseUrl === undefined
}

/** Where a connection without an address of its own goes. */
export function inheritedBaseUrl(provider: Provider, environment: Environment): string | undefined {
  return environmentBaseUrl(provider, environment) ?? provider.baseUrl
}

/** Where its server is: the connection's address, or that of the provider's defaults at which a server was found. */
export function foundBaseUrl(
  { baseUrl }: Pick<Connection, 'baseUrl'>,
  provider: Provider,
): string | undefined {
  return (baseUrl === provider.baseUrl ? provider.heldBaseUrl?.() : undefined) ?? baseUrl
}

/** Hosts of local servers differ from user to user, so their address is asked even where there is a default. */
export function asksBaseUrl(provider: Provider): boolean {
  return !isEmbedded(provider) && (provider.baseUrl === undefined || provider.location === 'local')
}

/** Where a connection's models run. */
export function locationOf({ connection, provider }: ConnectionView): Provider['location'] {
  return locationOfConnection(connection, provider)
}
