import { originOf } from '../credentials/origin.js'
import type { ModelInfo } from '../model.js'
import type { Connection, Provider } from '../provider.js'

/** Whether the address is the maker's own, which is a cloud whatever is said of it. */
export function isMakersCloud({ baseUrl }: Pick<Connection, 'baseUrl'>, provider: Provider): boolean {
  const makers = originOf(provider.baseUrl)
  return provider.location === 'cloud' && makers !== undefined && originOf(baseUrl) === makers
}

/** Where a connection's models run: as the user says of an address of their own, else as its provider's do. */
export function locationOfConnection(connection: Connection, provider: Provider): ModelInfo['location'] {
  const isTheirOwn = connection.baseUrl !== undefined && !isMakersCloud(connection, provider)
  return (isTheirOwn ? connection.location : undefined) ?? provider.location
}
