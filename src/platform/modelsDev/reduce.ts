import { compact } from '../../core/compact.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import {
  type Capabilities,
  type Modality,
  type ModelFacts,
  modalities,
  type PriceTier,
  type Pricing,
} from '../../core/model.js'

/** One provider of models.dev, as far as we use it. */
export interface PublishedProvider {
  /** Base URL of its API, where it is OpenAI's. */
  readonly api?: string
  readonly models: Readonly<Record<string, ModelFacts>>
}

/** By models.dev's own ids. */
export type PublishedProviders = Readonly<Record<string, PublishedProvider>>

/** A value that is not as published is unknown, and takes nothing else with it. */
const flag = (value: unknown) => (typeof value === 'boolean' ? value : undefined)
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const record = (value: unknown): JsonRecord => (isRecord(value) ? value : {})
const price = (value: unknown) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
const tokens = (value: unknown) => (value === 0 ? undefined : price(value))

function readRates(cost: JsonRecord) {
  return compact({
    input: price(cost['input']),
    output: price(cost['output']),
    cacheRead: price(cost['cache_read']),
    cacheWrite: price(cost['cache_write']),
  })
}

/** The older field names no threshold but its own; it repeats what the newer one says. */
function readTiers(cost: JsonRecord): readonly PriceTier[] {
  const tiers = list(cost['tiers']).flatMap((item): PriceTier[] => {
    const { type = 'context', size } = record(record(item)['tier'])
    const aboveInputTokens = tokens(size)
    if (type !== 'context' || aboveInputTokens === undefined) return []
    return [{ aboveInputTokens, ...readRates(record(item)) }]
  })
  const older = cost['context_over_200k']
  if (tiers.length > 0 || !isRecord(older)) return tiers
  return [{ aboveInputTokens: 200_000, ...readRates(older) }]
}

/** Two zeros mean that nobody wrote a price, or that a subscription pays, unless the model is named free. */
function readPricing(cost: JsonRecord, id: string): Pricing | undefined {
  const rates = readRates(cost)
  if (rates.input === 0 && rates.output === 0 && !/\bfree\b/i.test(id)) return undefined
  const tiers = readTiers(cost)
  const pricing = { ...rates, ...(tiers.length === 0 ? {} : { tiers }) }
  return Object.keys(pricing).length === 0 ? undefined : pricing
}

function readModalities(given: unknown): readonly Modality[] | undefined {
  const known = modalities.filter((name) => list(given).includes(name))
  return known.length === 0 ? undefined : known
}

function readEfforts(options: unknown): readonly string[] | undefined {
  const effort = list(options).find((option) => record(option)['type'] === 'effort')
  const values = list(record(effort)['values']).flatMap((value) => text(value) ?? [])
  return values.length === 0 ? undefined : values
}

function readCapabilities(
  entry: JsonRecord,
  id: string,
  inputs: readonly Modality[] | undefined,
): Capabilities | undefined {
  const toolCall = entry['tool_call']
  const capabilities = compact({
    toolCalling: flag(isRecord(toolCall) ? toolCall['supported'] : toolCall),
    imageInput: inputs?.includes('image') ?? (entry['attachment'] === false ? false : undefined),
    reasoning: flag(entry['reasoning']),
    structuredOutput: flag(entry['structured_output']),
    // Nothing but its name says so.
    embedding: /embed/i.test(`${id} ${text(entry['family']) ?? ''}`) ? true : undefined,
  })
  return Object.keys(capabilities).length === 0 ? undefined : capabilities
}

function readDate(value: unknown): string | undefined {
  const date = text(value)
  return date !== undefined && /^\d{4}-\d{2}(-\d{2})?$/.test(date) ? date : undefined
}

/** One model's facts; undefined for what is no model, or says nothing. */
function readModel(id: string, entry: unknown): ModelFacts | undefined {
  if (!isRecord(entry)) return undefined
  const limit = record(entry['limit'])
  const { input, output } = record(entry['modalities'])
  const inputModalities = readModalities(input)
  const facts: ModelFacts = compact({
    contextWindow: tokens(limit['context']),
    maxInputTokens: tokens(limit['input']),
    maxOutputTokens: tokens(limit['output']),
    capabilities: readCapabilities(entry, id, inputModalities),
    inputModalities,
    outputModalities: readModalities(output),
    reasoningEfforts: readEfforts(entry['reasoning_options']),
    pricing: readPricing(record(entry['cost']), id),
    lifecycle: entry['status'] === 'deprecated' ? ({ status: 'deprecated' } as const) : undefined,
    releasedAt: readDate(entry['release_date']),
  })
  return Object.keys(facts).length === 0 ? undefined : facts
}

function readModels(given: unknown): Readonly<Record<string, ModelFacts>> | undefined {
  const models = Object.entries(record(given)).flatMap(([id, model]) => {
    const facts = readModel(id, model)
    return facts === undefined ? [] : [[id, facts] as const]
  })
  return models.length === 0 ? undefined : Object.fromEntries(models)
}

/**
 * What models.dev's `api.json` says, as facts: provider → `models` → `limit`, `cost`, `modalities` and so on. One
 * provider after the other, and only those that can be asked about; none of a document of another shape.
 */
export function* reduceCatalog(
  document: unknown,
  isWanted: (id: string, api: string | undefined) => boolean,
): Iterable<readonly [string, PublishedProvider]> {
  for (const [id, value] of Object.entries(record(document))) {
    const provider = record(value)
    const api = text(provider['api'])
    const models = isWanted(id, api) ? readModels(provider['models']) : undefined
    if (models !== undefined) yield [id, { models, ...compact({ api }) }]
  }
}
