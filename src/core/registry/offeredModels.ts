import type { Catalog, CatalogFinding, CatalogPlace } from '../catalog/catalog.js'
import { describeModel } from '../catalog/describe.js'
import { originOf } from '../credentials/origin.js'
import type { ListedModel, ModelInfo } from '../model.js'
import type { Connection, Provider } from '../provider.js'
import type { KeptList } from './keptLists.js'
import { locationOfConnection } from './location.js'
import { createModelFilter } from './patterns.js'

export interface ListSubject {
  readonly connection: Connection
  readonly provider: Provider
}

type Findings = Pick<KeptList, 'findings' | 'catalogVersion'>

function placeOf({ connection, provider }: ListSubject): CatalogPlace {
  const elsewhere = originOf(connection.baseUrl) !== originOf(provider.baseUrl)
  const baseUrl = elsewhere ? connection.baseUrl : undefined
  return { provider: provider.id, ...(baseUrl === undefined ? {} : { baseUrl }) }
}

type Lookup = (model: string) => CatalogFinding | undefined

/**
 * What one catalogue says. It is loaded only when there is a model that the kept findings do not cover: its data may
 * take more memory than the rest of the extension.
 */
async function lookupIn(
  catalog: Catalog,
  place: CatalogPlace,
  models: readonly ListedModel[],
  kept: KeptList | undefined,
): Promise<Lookup> {
  const findingsOf = (model: string) =>
    kept !== undefined && Object.hasOwn(kept.findings, model) ? kept.findings[model] : undefined
  const isCurrent = kept?.catalogVersion.split(' ').includes(catalog.version) ?? false
  if (isCurrent && models.every(({ id }) => findingsOf(id) !== undefined)) {
    return (model) => findingsOf(model)?.find(({ source }) => source === catalog.source)
  }
  await catalog.load(place)
  return (model) => catalog.lookup(place, model)
}

function isLocal({ connection, provider }: ListSubject): boolean {
  return locationOfConnection(connection, provider) === 'local'
}

/** What the catalogues say about the models. Local models have no published facts. */
export async function findFacts(
  catalogs: readonly Catalog[],
  subject: ListSubject,
  models: readonly ListedModel[],
  kept: KeptList | undefined,
): Promise<Findings> {
  if (isLocal(subject)) return { findings: {}, catalogVersion: '' }
  const place = placeOf(subject)
  await Promise.all(catalogs.map(async (catalog) => await catalog.prepare?.(place)))
  const lookups = await Promise.all(catalogs.map((catalog) => lookupIn(catalog, place, models, kept)))
  const findings = Object.fromEntries(
    models.map(({ id }) => [id, lookups.flatMap((lookup) => lookup(id) ?? [])]),
  )
  return { findings, catalogVersion: catalogs.map((catalog) => catalog.version).join(' ') }
}

/** A server without a list of its own offers what the user has described by hand. */
function namedModels(connection: Connection, list: KeptList | undefined): readonly ListedModel[] {
  if (list !== undefined && list.models.length > 0) return list.models
  return Object.keys(connection.models).map((id) => ({ id }))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The same array, or at least the same objects, as far as nothing has changed. */
export function keepIdentity<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
): readonly T[] {
  const known = new Map(before.map((item) => [item.id, item]))
  const merged = after.map((item) => {
    const earlier = known.get(item.id)
    return earlier !== undefined && isSame(earlier, item) ? earlier : item
  })
  const unchanged = merged.length === before.length && merged.every((item, index) => item === before[index])
  return unchanged ? before : merged
}

/** The models that a connection offers, after its patterns, in the order of their ids. */
export function offeredModels(subject: ListSubject, list: KeptList | undefined): readonly ModelInfo[] {
  const { connection, provider } = subject
  const isWanted = createModelFilter(connection.include, connection.exclude)
  return namedModels(connection, list)
    .filter((model) => isWanted(model.id))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((listed) => {
      const isFound = !isLocal(subject) && Object.hasOwn(list?.findings ?? {}, listed.id)
      const findings = isFound ? list?.findings[listed.id] : undefined
      return describeModel({ connection, provider, listed, findings: findings ?? [] })
    })
}
