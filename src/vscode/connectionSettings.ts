import { describeTidying, type TidyUrl, tidyBaseUrl } from '../core/baseUrl.js'
import { compact } from '../core/compact.js'
import { withoutCredentials } from '../core/credentials/origin.js'
import { isRecord } from '../core/json.js'
import type { Environment } from '../core/ports.js'
import type { Connection, FieldValue, Provider, ProviderTable } from '../core/provider.js'
import type { ConnectionProblem } from '../core/registry/connections.js'
import { addressOf, isMakersCloud } from '../core/registry/location.js'
import { connectionSchema } from './connectionSchema.js'
import { type LenientProblem, parseLeniently } from './lenientParse.js'
import { createProblemList, isOversized, oversized } from './settingProblem.js'
import { defaultBaseUrl } from './storedConnection.js'

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

/** What cannot be left out: without it the connection would be another one, or go to another place. */
function neededMembers(provider: Provider): ReadonlySet<string> {
  const fields = provider.fields.filter(({ required }) => required === true).map(({ id }) => id)
  return new Set(['id', 'provider', 'baseUrl', ...fields])
}

/** A switch that is neither on nor off was meant to turn something off; an address that is `null` was meant to be none. */
function closeSwitch(entry: Entry, path: string): { entry: Entry; problems: ConnectionProblem[] } {
  const { baseUrl, ...rest } = entry
  const open = baseUrl === null ? rest : entry
  const nothing =
    baseUrl === null ? [{ path: `${path}.baseUrl`, message: 'is null; the default address is used.' }] : []
  if (open['enabled'] === undefined || typeof open['enabled'] === 'boolean')
    return { entry: open, problems: nothing }
  const message = 'must be true or false. The connection is disabled until this is corrected.'
  return {
    entry: { ...open, enabled: false },
    problems: [...nothing, { path: `${path}.enabled`, message }],
  }
}

function tellProblem({ path, message, isFatal }: LenientProblem, at: string): ConnectionProblem {
  const effect = isFatal ? 'The connection is not used' : 'It is left out'
  return { path: [at, ...path].join('.'), message: `${message}. ${effect} until this is corrected.` }
}

function untidyAddress(tidy: TidyUrl | undefined, path: string): ConnectionProblem[] {
  if (tidy === undefined || tidy.removed.length === 0) return []
  return [{ path: `${path}.baseUrl`, message: describeTidying(tidy) }]
}

function fieldValues(provider: Provider, stored: Entry): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {}
  for (const field of provider.fields) {
    const value = stored[field.id]
    if (isFieldValue(value)) values[field.id] = value
  }
  return values
}

function createParser(provider: Provider, providers: ProviderTable, environment: Environment): EntryParser {
  const schema = connectionSchema(provider)
  const needed = neededMembers(provider)
  return (written, path) => {
    const { entry, problems: closed } = closeSwitch(written, path)
    const read = parseLeniently(schema, entry, (member) => needed.has(member))
    const problems = [...closed, ...read.problems.map((problem) => tellProblem(problem, path))]
    if (read.data === undefined) return { problems }
    const { baseUrl: address, ...data } = read.data
    const tidy = address === undefined ? undefined : tidyBaseUrl(address)
    const baseUrl = tidy?.url ?? defaultBaseUrl(provider, environment)
    const { parameters, template, limits, cache, location } = data
    const connection: Connection = {
      id: data.id,
      name: data.name ?? provider.name,
      provider: provider.id,
      enabled: data.enabled ?? true,
      ...addressOf(baseUrl, providers),
      fields: fieldValues(provider, data),
      include: data.include ?? [],
      exclude: data.exclude ?? [],
      models: data.models ?? {},
      ...compact({ parameters, template, limits, cache, location }),
    }
    return {
      connection,
      problems: [
        ...problems,
        ...untidyAddress(tidy, path),
        ...unknownProperties(entry, provider, path),
        ...vainLocation(connection, provider, path),
      ],
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
