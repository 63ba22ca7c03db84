import { isRecord } from '../core/json.js'
import type { Environment } from '../core/ports.js'
import { type Connection, environmentBaseUrl, type Provider } from '../core/provider.js'

type Entry = Readonly<Record<string, unknown>>

/** Where a connection goes that names no address. */
export function defaultBaseUrl(provider: Provider, environment: Environment): string | undefined {
  return environmentBaseUrl(provider, environment) ?? provider.baseUrl
}

/** What is written for a connection: nothing that equals a default, so that a changed default still reaches it. */
export function storedConnection(
  connection: Connection,
  provider: Provider,
  environment: Environment,
): Entry {
  const inherited = defaultBaseUrl(provider, environment)
  return {
    id: connection.id,
    ...(connection.name === provider.name ? {} : { name: connection.name }),
    provider: connection.provider,
    ...(connection.enabled ? {} : { enabled: false }),
    ...(connection.baseUrl === undefined || connection.baseUrl === inherited
      ? {}
      : { baseUrl: connection.baseUrl }),
    ...connection.fields,
    ...(connection.include.length === 0 ? {} : { include: connection.include }),
    ...(connection.exclude.length === 0 ? {} : { exclude: connection.exclude }),
    ...(Object.keys(connection.models).length === 0 ? {} : { models: connection.models }),
    ...(connection.parameters === undefined ? {} : { parameters: connection.parameters }),
    ...(connection.template === undefined ? {} : { template: connection.template }),
    ...(connection.limits === undefined ? {} : { limits: connection.limits }),
    ...(connection.cache === undefined ? {} : { cache: connection.cache }),
    ...(connection.location === undefined ? {} : { location: connection.location }),
  }
}

/** Adds an entry behind all others, one with the same id that could not be read among them. */
export function withNewEntry(value: unknown, entry: Entry): unknown[] {
  return Array.isArray(value) ? [...value, entry] : [entry]
}

/** Replaces the entry with that id, or takes it out; whatever else is there stays as it is, readable or not. */
export function withEntry(value: unknown, id: string, entry: Entry | undefined): unknown[] {
  const entries: unknown[] = Array.isArray(value) ? [...value] : []
  const index = entries.findIndex((candidate) => isRecord(candidate) && candidate['id'] === id)
  if (index < 0) return entry === undefined ? entries : [...entries, entry]
  return entry === undefined ? entries.toSpliced(index, 1) : entries.with(index, entry)
}
