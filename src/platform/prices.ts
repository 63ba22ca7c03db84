import type * as genaiPrices from '@pydantic/genai-prices'
import type { Catalog, CatalogFinding, CatalogPlace } from '../core/catalog/catalog.js'
import type { ModelFacts, Prices, PriceTier, Pricing } from '../core/model.js'
import type { Clock, Log } from '../core/ports.js'

type GenaiPrices = typeof genaiPrices

/** The package's version: its data changes with it. */
export const priceSnapshotVersion = 'genai-prices@0.1.8'

/** Providers whose own host the snapshot knows, by our ids. */
const snapshotIds: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  groq: 'groq',
  together: 'together',
  mistral: 'mistral',
  cohere: 'cohere',
  deepseek: 'deepseek',
  xai: 'x-ai',
  openrouter: 'openrouter',
  fireworks: 'fireworks',
  cerebras: 'cerebras',
  'azure-openai': 'azure',
}

const priceNames: readonly { readonly ours: keyof Prices; readonly theirs: string }[] = [
  { ours: 'input', theirs: 'input_mtok' },
  { ours: 'output', theirs: 'output_mtok' },
  { ours: 'cacheRead', theirs: 'cache_read_mtok' },
  { ours: 'cacheWrite', theirs: 'cache_write_mtok' },
]

/** Each of their prices has steps of its own; ours have the prices of one step together. */
function readTiers(prices: genaiPrices.ModelPrice): readonly PriceTier[] {
  const tiers = new Map<number, PriceTier>()
  for (const { ours, theirs } of priceNames) {
    const price = prices[theirs]
    if (price === undefined || typeof price === 'number') continue
    for (const { start, price: raised } of price.tiers)
      tiers.set(start, { aboveInputTokens: start, ...tiers.get(start), [ours]: raised })
  }
  return [...tiers.values()].toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens)
}

function readPricing(prices: genaiPrices.ModelPrice): Pricing {
  const known = priceNames.flatMap(({ ours, theirs }): [string, number][] => {
    const price = prices[theirs]
    if (price === undefined) return []
    return [[ours, typeof price === 'number' ? price : price.base]]
  })
  const tiers = readTiers(prices)
  return { ...Object.fromEntries(known), ...(tiers.length === 0 ? {} : { tiers }) }
}

function findProvider(
  snapshot: GenaiPrices,
  { provider, baseUrl }: CatalogPlace,
): genaiPrices.Provider | undefined {
  if (baseUrl !== undefined) return snapshot.findProvider({ providerApiUrl: baseUrl })
  const providerId = snapshotIds[provider]
  return providerId === undefined ? undefined : snapshot.findProvider({ providerId })
}

function toFinding(
  snapshot: GenaiPrices,
  provider: genaiPrices.Provider,
  model: string,
  at: Date,
): CatalogFinding | undefined {
  const found = snapshot.calcPrice({ input_tokens: 1 }, model, { provider, timestamp: at })
  if (found === null) return undefined
  const window = found.model.context_window
  const facts: ModelFacts = {
    ...(window === undefined ? {} : { contextWindow: window }),
    pricing: readPricing(found.model_price),
  }
  return { source: 'snapshot', facts }
}

export interface PriceSnapshotOptions {
  readonly clock: Clock
  readonly log: Log
}

/** The prices and context windows that ship with the extension; about 20 MB of memory once loaded. */
export function createPriceSnapshot({ clock, log }: PriceSnapshotOptions): Catalog {
  let loading: Promise<void> | undefined
  let snapshot: GenaiPrices | undefined
  async function loadOnce(): Promise<void> {
    try {
      snapshot = await import('@pydantic/genai-prices')
    } catch (error) {
      log.error('The price table could not be loaded; prices stay unknown', error)
    }
  }
  return {
    source: 'snapshot',
    version: priceSnapshotVersion,
    load: () => (loading ??= loadOnce()),
    lookup(place, model) {
      const provider = snapshot === undefined ? undefined : findProvider(snapshot, place)
      if (snapshot === undefined || provider === undefined) return undefined
      return toFinding(snapshot, provider, model, new Date(clock.now()))
    },
  }
}
