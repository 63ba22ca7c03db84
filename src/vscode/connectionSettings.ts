import { withoutCredentials } from '../core/credentials/origin.js'
import { isRecord } from '../core/json.js'
import type { Environment } from '../core/ports.js'
import {
  type Connection,
  environmentBaseUrl,
  type FieldValue,
  type Provider,
  type ProviderTable,
} from '../core/provider.js'
import type { ConnectionProblem } from '../core/registry/connections.js'
import { addressOf, isMakersCloud } from '../core/registry/location.js'
import { connectionSchema } from './connectionSchema.js'
import { describeIssue } from './schemaIssue.js'
import { createProblemList, isOversized, oversized } from './settingProblem.js'

const setting = 'roundhouse.connections'

const commonProperties = new Set([
  'id',
  'name',
  'provider',
  'enabled',
  'baseUrl',
  'include',
  'exclude',
  'models',
  'parameters',
  'template',
  'limits',
  'cache',
  'location',
])

export interface ReadConnections {
  readonly connections: readonly Connection[]
  readonly problems: readonly ConnectionProblem[]
}

type Entry = Readonly<Record<string, unknown>>
type EntryParser = (entry: Entry, path: string) => { connection?: Connection; problems: ConnectionProblem[] }

function isFieldValue(value: unknown): value is FieldValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return (
    isRecord(value) || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  )
}

function defaultBaseUrl(provider: Provider, environment: Environment): string | undefined {
  return environmentBaseUrl(provider, environment) ?? provider.baseUrl
}

function unknownProperties(entry: Entry, provider: Provider, path: string): ConnectionProblem[] {
  const known = new Set([...commonProperties, ...provider.fields.map((field) => field.id)])
  return Object.keys(entry)
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: `${path}.${name}`,
      message: `${provider.name} has no setting “${name}”; it is ignored. Known ones: ${[...known].join(', ')}.`,
    }))
}

function vainLocation(connection: Connection, provider: Provider, path: string): ConnectionProblem[] {
  if (connection.location !== 'local' || !isMakersCloud(connection, provider)) return []
  const address = withoutCredentials(connection.baseUrl ?? '')
  const message = `says local, but ${address} is ${connection.maker ?? provider.name}’s own cloud; it counts as a cloud.`
  return [{ path: `${path}.location`, message }]
}

function createParser(provider: Provider, providers: ProviderTable, environment: Environment): EntryParser {
  const schema = connectionSchema(provider)
  return (entry, path) => {
    const result = schema.safeParse(entry)
    if (!result.success) {
      const problems = result.error.issues.map((issue) => ({
        path: [path, ...issue.path].join('.'),
        message: `${describeIssue(issue, entry)}. The connection is not used until this is corrected.`,
      }))
      return { problems }
    }
    const stored: Entry = result.data
    const baseUrl = result.data.baseUrl ?? defaultBaseUrl(provider, environment)
    const fields: Record<string, FieldValue> = {}
    for (const field of provider.fields) {
      const value = stored[field.id]
      if (isFieldValue(value)) fields[field.id] = value
    }
    const connection: Connection = {
      id: result.data.id,
      name: result.data.name ?? provider.name,
      provider: provider.id,
      enabled: result.data.enabled ?? true,
      ...addressOf(baseUrl, providers),
      fields,
      include: result.data.include ?? [],
      exclude: result.data.exclude ?? [],
      models: result.data.models ?? {},
      ...(result.data.parameters === undefined ? {} : { parameters: result.data.parameters }),
      ...(result.data.template === undefined ? {} : { template: result.data.template }),
      ...(result.data.limits === undefined ? {} : { limits: result.data.limits }),
      ...(result.data.cache === undefined ? {} : { cache: result.data.cache }),
      ...(result.data.location === undefined ? {} : { location: result.data.location }),
    }
    return {
      connection,
      problems: [...unknownProperties(entry, provider, path), ...vainLocation(connection, provider, path)],
    }
  }
}

function readAny(entry: unknown, path: string, read: EntryParser): ReturnType<EntryParser> {
  if (!isRecord(entry))
    return { problems: [{ path, message: 'must be an object with "id" and "provider".' }] }
  return isOversized(entry)
    ? { problems: [{ path, message: `${oversized}. The connection is not used until this is corrected.` }] }
    : read(entry, path)
}

/** Reads the setting entry by entry: one that is malformed is reported, the others are used. */
export function createConnectionReader(providers: ProviderTable, environment: Environment) {
  const parsers = new Map<string, EntryParser>()
  const parserOf = (provider: Provider): EntryParser => {
    const parser = parsers.get(provider.id) ?? createParser(provider, providers, environment)
    parsers.set(provider.id, parser)
    return parser
  }
  const readEntry: EntryParser = (entry, path) => {
    const provider = providers.find((candidate) => candidate.id === entry['provider'])
    if (provider !== undefined) return parserOf(provider)(entry, path)
    const known = providers.map((candidate) => candidate.id).join(', ')
    return { problems: [{ path: `${path}.provider`, message: `must be one of: ${known}.` }] }
  }
  return (value: unknown): ReadConnections => {
    if (!Array.isArray(value)) {
      return { connections: [], problems: [{ path: setting, message: 'must be a list of connections.' }] }
    }
    const connections = new Map<string, Connection>()
    const problems = createProblemList(setting)
    for (const [index, entry] of value.entries()) {
      if (problems.isHopeless) {
        problems.skip()
        continue
      }
      const read = readAny(entry, `${setting}[${index}]`, readEntry)
      for (const { path, message } of read.problems) problems.add(path, () => message)
      const { connection } = read
      if (connection === undefined) continue
      if (connections.has(connection.id)) {
        const message = `“${connection.id}” is used by an earlier connection; give this one another id.`
        problems.add(`${setting}[${index}].id`, () => message)
      } else connections.set(connection.id, connection)
    }
    return { connections: [...connections.values()], problems: problems.list() }
  }
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
