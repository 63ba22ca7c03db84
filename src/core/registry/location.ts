import { isLoopback, originOf } from '../credentials/origin.js'
import type { ModelInfo } from '../model.js'
import type { Connection, Provider, ProviderTable } from '../provider.js'

/** What of a provider says where its models run. */
export type Place = Pick<Provider, 'location' | 'baseUrl'>

/** Names that the internet's own name servers never answer for, and those of a private network of one user. */
const privateName =
  /(?:^|\.)(?:local|localhost|internal|intranet|lan|home|corp|private|test|home\.arpa|ts\.net)$/

const privateAddresses: readonly RegExp[] = [
  /^(?:0|10|127)\./,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^169\.254\./,
  /^172\.(?:1[6-9]|2\d|3[01])\./,
  /^192\.168\./,
  /^\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/,
]

/** Whether a host, as `URL` writes it, may be reached by everyone: not this machine, nor a private network by its name. */
export function isPublicHost(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  if (isLoopback(name) || privateName.test(name)) return false
  if (privateAddresses.some((pattern) => pattern.test(name))) return false
  return name.includes('.') || name.startsWith('[')
}

const hostOf = (baseUrl: string | undefined): string =>
  URL.parse(baseUrl ?? '')?.hostname.replace(/\.$/, '') ?? ''

/** Hosts of a maker's cloud: that of its address, and those below which each of its customers has one. */
function cloudHosts({
  location,
  baseUrl,
  customerHosts = [],
  cloudDomains = [],
}: Provider): readonly string[] {
  if (location !== 'cloud') return cloudDomains
  const own = hostOf(baseUrl)
  return own === '' ? customerHosts : [own, ...customerHosts]
}

/** The maker whose cloud has the address, whatever provider speaks to it; undefined for any other address. */
export function findMaker(baseUrl: string | undefined, providers: ProviderTable): Provider | undefined {
  const host = hostOf(baseUrl)
  if (host === '') return undefined
  const isIn = (suffix: string) => host === suffix || host.endsWith(`.${suffix}`)
  return providers.find((provider) => cloudHosts(provider).some(isIn))
}

/** The address of a connection, with the maker whose cloud it is. */
export function addressOf(
  baseUrl: string | undefined,
  providers: ProviderTable,
): Pick<Connection, 'baseUrl' | 'maker'> {
  if (baseUrl === undefined) return {}
  const maker = findMaker(baseUrl, providers)
  return maker === undefined ? { baseUrl } : { baseUrl, maker: maker.name }
}

/** Whether the address is a maker's own, which is a cloud whatever the user writes. */
export function isMakersCloud({ baseUrl, maker }: Connection, provider: Place): boolean {
  if (maker !== undefined) return true
  const makers = originOf(provider.baseUrl)
  return provider.location === 'cloud' && makers !== undefined && originOf(baseUrl) === makers
}

/** A local provider's server at an address that anyone can reach: only the user knows whose machine it is. */
export function isPlaceUnknown(connection: Connection, provider: Place): boolean {
  if (provider.location === 'cloud' || connection.location !== undefined) return false
  return !isMakersCloud(connection, provider) && isPublicHost(hostOf(connection.baseUrl))
}

/**
 * Where a connection's models run: by default as its provider's do. The user's word counts for an address that is no
 * maker's; without it, a public address is a cloud.
 */
export function locationOfConnection(connection: Connection, provider: Place): ModelInfo['location'] {
  if (isMakersCloud(connection, provider)) return 'cloud'
  if (isPlaceUnknown(connection, provider)) return 'cloud'
  return (connection.baseUrl === undefined ? undefined : connection.location) ?? provider.location
}
