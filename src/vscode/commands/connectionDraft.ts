import type { Environment } from '../../core/ports.js'
import type { Connection, FieldValue, Provider, ProviderTable } from '../../core/provider.js'
import { addressOf } from '../../core/registry/location.js'
import { inheritedBaseUrl } from '../views/providerTraits.js'

/** A connection while it is being entered. */
export interface ConnectionDraft {
  readonly provider: Provider
  readonly name?: string
  /** Absent: the provider's or the environment's. */
  readonly baseUrl?: string
  readonly fields: Readonly<Record<string, FieldValue>>
  /** Everything of it is taken over but what the draft itself says. */
  readonly copyOf?: Connection
  /** Where the models of a server at a public address run. */
  readonly location?: Connection['location']
  /** Absent: none was entered. */
  readonly key?: string
}

const longestId = 63

function slug(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longestId - 4)
    .replace(/-+$/, '')
}

/** Lower-case letters, digits and hyphens; numbered where it is taken. */
export function uniqueConnectionId(name: string, providerId: string, taken: ReadonlySet<string>): string {
  const base = slug(name) || slug(providerId) || 'connection'
  if (!taken.has(base)) return base
  let number = 2
  while (taken.has(`${base}-${number}`)) number += 1
  return `${base}-${number}`
}

/** "OpenAI", then "OpenAI 2". */
export function proposeName(provider: Provider, taken: ReadonlySet<string>): string {
  if (!taken.has(provider.name)) return provider.name
  let number = 2
  while (taken.has(`${provider.name} ${number}`)) number += 1
  return `${provider.name} ${number}`
}

export interface DraftSurroundings {
  readonly existing: readonly Connection[]
  readonly environment: Environment
  readonly providers: ProviderTable
}

/** The connection that a draft would be saved as. The first one of a provider takes the provider's id. */
export function connectionFromDraft(draft: ConnectionDraft, surroundings: DraftSurroundings): Connection {
  const { provider } = draft
  const ids = new Set(surroundings.existing.map((connection) => connection.id))
  const names = new Set(surroundings.existing.map((connection) => connection.name))
  const name = draft.name ?? proposeName(provider, names)
  const id =
    name === provider.name
      ? uniqueConnectionId('', provider.id, ids)
      : uniqueConnectionId(name, provider.id, ids)
  const { maker: _, ...copied } = draft.copyOf ?? {}
  const baseUrl = draft.baseUrl ?? inheritedBaseUrl(provider, surroundings.environment)
  return {
    include: [],
    exclude: [],
    models: {},
    ...copied,
    id,
    name,
    provider: provider.id,
    enabled: true,
    ...addressOf(baseUrl, surroundings.providers),
    fields: draft.fields,
    ...(draft.location === undefined ? {} : { location: draft.location }),
  }
}
