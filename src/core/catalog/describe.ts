import { isCredibleCount, isCrediblePrice } from '../credible.js'
import {
  capabilityNames,
  type FactName,
  type FactSource,
  factSources,
  type ListedModel,
  type ModelFacts,
  type ModelInfo,
  type Prices,
  type PriceTier,
  type Pricing,
} from '../model.js'
import type { Connection, Provider } from '../provider.js'
import { locationOfConnection } from '../registry/location.js'
import type { CatalogFinding } from './catalog.js'
import { fallbackFamily, identifyModel, runsInCloud } from './family.js'

export interface DescribeOptions {
  readonly connection: Connection
  readonly provider: Provider
  readonly listed: ListedModel
  /** In any order. */
  readonly findings: readonly CatalogFinding[]
}

interface Layer {
  readonly source: FactSource
  readonly facts: ModelFacts
}

/** A plain fact, what makes a value of it credible, and whether any source may state it. */
interface FactRow {
  readonly name: Exclude<keyof ModelFacts, 'capabilities' | 'pricing' | 'name' | 'family' | 'version'>
  readonly isCredible: (value: unknown) => boolean
}

const isCount = (value: unknown): boolean => isCredibleCount(value) && value >= 1
const isSize = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
const isNameList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
const isFlag = (value: unknown): boolean => typeof value === 'boolean'

const factRows: readonly FactRow[] = [
  { name: 'contextWindow', isCredible: isCount },
  { name: 'maxInputTokens', isCredible: isCount },
  { name: 'maxOutputTokens', isCredible: isCount },
  { name: 'inputModalities', isCredible: isNameList },
  { name: 'outputModalities', isCredible: isNameList },
  { name: 'reasoningEfforts', isCredible: isNameList },
  { name: 'lifecycle', isCredible: isObject },
  { name: 'releasedAt', isCredible: isText },
  { name: 'sizeBytes', isCredible: isSize },
  { name: 'quantization', isCredible: isText },
  { name: 'parameterSize', isCredible: isText },
  { name: 'promptTemplate', isCredible: isText },
  { name: 'loadFailure', isCredible: isText },
  { name: 'refusedParameters', isCredible: isNames },
  { name: 'byNameOnly', isCredible: isFlag },
]

const priceNames: readonly (keyof Prices)[] = ['input', 'output', 'cacheRead', 'cacheWrite']

function layersOf({ connection, listed, findings }: DescribeOptions): Layer[] {
  const own = Object.hasOwn(connection.models, listed.id) ? connection.models[listed.id] : undefined
  const layers: Layer[] = [
    ...(own === undefined ? [] : [{ source: 'user' as const, facts: own }]),
    { source: 'provider', facts: listed },
    ...findings,
  ]
  return layers.toSorted((a, b) => factSources.indexOf(a.source) - factSources.indexOf(b.source))
}

/** The strongest credible value, with the note of where it comes from. */
function pick<T>(
  layers: readonly Layer[],
  read: (facts: ModelFacts) => T | undefined,
  isCredible: (value: unknown) => boolean,
): { readonly value: T; readonly source: FactSource } | undefined {
  for (const layer of layers) {
    const value = read(layer.facts)
    if (value !== undefined && isCredible(value)) return { value, source: layer.source }
  }
  return undefined
}

type Sources = Partial<Record<FactName, FactSource>>

function mergeGroup<Name extends string, T>(
  names: readonly Name[],
  choose: (name: Name) => { readonly value: T; readonly source: FactSource } | undefined,
  note: (name: Name, source: FactSource) => void,
): Partial<Record<Name, T>> {
  const merged: Partial<Record<Name, T>> = {}
  for (const name of names) {
    const chosen = choose(name)
    if (chosen === undefined) continue
    merged[name] = chosen.value
    note(name, chosen.source)
  }
  return merged
}

function mergeFacts(layers: readonly Layer[], sources: Sources): Partial<ModelFacts> {
  const facts: Record<string, unknown> = {}
  for (const { name, isCredible } of factRows) {
    const chosen = pick(layers, (layer) => layer[name], isCredible)
    if (chosen === undefined) continue
    // Half a token is no token.
    facts[name] = typeof chosen.value === 'number' ? Math.floor(chosen.value) : chosen.value
    sources[name] = chosen.source
  }
  return facts
}

/** A tier without the prices that cannot be; none where nothing is left. */
function readTier({ aboveInputTokens, ...prices }: PriceTier): readonly PriceTier[] {
  const stated = priceNames.filter((name) => isCrediblePrice(prices[name]))
  if (!isCount(aboveInputTokens) || stated.length === 0) return []
  return [{ aboveInputTokens, ...Object.fromEntries(stated.map((name) => [name, prices[name]])) }]
}

/** So many times another source's price, or as small a part of it, is the price of another number of tokens. */
const otherUnitFactor = 1e5

function isOtherUnit(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined || !(a > 0) || !(b > 0)) return false
  return Math.max(a / b, b / a) >= otherUnitFactor
}

/** A list that gives its prices for a token, or for a million where one is meant, disagrees with what is published. */
function withoutOtherUnits(layers: readonly Layer[]): readonly Layer[] {
  const published = layers.filter(({ source }) => source === 'catalog' || source === 'snapshot')
  return layers.filter(
    ({ source, facts }) =>
      source !== 'provider' ||
      !published.some((other) =>
        priceNames.some((name) => isOtherUnit(facts.pricing?.[name], other.facts.pricing?.[name])),
      ),
  )
}

/** Tiers raise the prices of the source that states them, so they mean nothing on top of another source's prices. */
function pickTiers(layers: readonly Layer[], chosen: Prices) {
  for (const { source, facts } of layers) {
    const { input, output, tiers = [] } = facts.pricing ?? {}
    if (input !== chosen.input || output !== chosen.output) continue
    const value = tiers.flatMap(readTier).toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens)
    if (value.length > 0) return { value, source }
  }
  return undefined
}

function mergePricing(all: readonly Layer[], sources: Sources): Pricing {
  const layers = withoutOtherUnits(all)
  const prices = mergeGroup(
    priceNames,
    (name) => pick(layers, (facts) => facts.pricing?.[name], isCrediblePrice),
    (name, source) => void (sources[`pricing.${name}`] = source),
  )
  const tiers = pickTiers(layers, prices)
  if (tiers === undefined) return prices
  sources['pricing.tiers'] = tiers.source
  return { ...prices, tiers: tiers.value }
}

/** Only what the user or the provider says may name a model; the rest follows from its id. */
function nameModel(
  { connection, provider, listed }: DescribeOptions,
  layers: readonly Layer[],
  sources: Sources,
) {
  const ofConnection = locationOfConnection(connection, provider)
  const location = listed.isPassedOn === true || runsInCloud(listed.id) ? 'cloud' : ofConnection
  const identity = identifyModel(listed.id, { location: ofConnection })
  const own = layers.filter((layer) => layer.source === 'user')
  const stated = layers.filter((layer) => layer.source === 'user' || layer.source === 'provider')
  const name = pick(stated, (facts) => facts.name, isText)
  const family =
    pick(own, (facts) => facts.family, isText) ??
    fromId(identity.family) ??
    pick(stated, (facts) => facts.family, isText)
  const version = pick(stated, (facts) => facts.version, isText) ?? fromId(identity.version)
  if (name !== undefined) sources.name = name.source
  if (family !== undefined) sources.family = family.source
  if (version !== undefined) sources.version = version.source
  return {
    location,
    name: name?.value ?? listed.id,
    family: family?.value ?? fallbackFamily(listed.id),
    version: version?.value ?? 'latest',
  }
}

function fromId(
  value: string | undefined,
): { readonly value: string; readonly source: FactSource } | undefined {
  return value === undefined ? undefined : { value, source: 'provider' }
}

/**
 * Everything known about one model, each fact from the strongest source that states it credibly; what nobody states
 * stays absent, and so stays out of `sources`.
 */
export function describeModel(options: DescribeOptions): ModelInfo {
  const layers = layersOf(options)
  const sources: Sources = {}
  const naming = nameModel(options, layers, sources)
  const capabilities = mergeGroup(
    capabilityNames,
    (name) => pick(layers, (facts) => facts.capabilities?.[name], isFlag),
    (name, source) => void (sources[name] = source),
  )
  return {
    ...mergeFacts(layers, sources),
    ...naming,
    connection: options.connection.id,
    id: options.listed.id,
    provider: options.provider.id,
    capabilities,
    pricing: mergePricing(layers, sources),
    sources,
  }
}
