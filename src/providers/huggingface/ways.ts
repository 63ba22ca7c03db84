import { compact } from '../../core/compact.js'
import { type JsonRecord } from '../../core/json.js'
import type { Capabilities, ListedModel, Pricing } from '../../core/model.js'
import type { Connection, ProviderChatRequest } from '../../core/provider.js'
import { type RowWays, standardWire } from '../shared/chatWire/wire.js'
import { textField } from '../shared/fields.js'
import { arrayAt, booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'

/** Ways to choose; everything else is the name of an inference provider. */
const policies = new Set(['fastest', 'cheapest', 'preferred'])

function routingOf(connection: Connection): string | undefined {
  return textField({ connection }, 'routing')?.replace(/^:/, '')
}

/** The router reads its choice behind the model's id; an id that has one already keeps it. */
function routedModel({ model: { id } }: ProviderChatRequest, connection: Connection): JsonRecord {
  const routing = routingOf(connection)
  return routing === undefined || id.includes(':') ? {} : { model: `${id}:${routing}` }
}

function outputPrice(provider: unknown): number {
  return numberAt(recordAt(provider, 'pricing'), 'output') ?? Number.POSITIVE_INFINITY
}

/** The inference providers that may answer: those that are live, as far as the connection's choice lets them. */
function eligible(all: readonly unknown[], connection: Connection): readonly unknown[] {
  const live = all.filter((provider) => (textAt(provider, 'status') ?? 'live') === 'live')
  const routing = routingOf(connection)
  if (routing === 'cheapest') {
    const lowest = Math.min(...live.map(outputPrice))
    return live.filter((provider) => outputPrice(provider) === lowest)
  }
  if (routing === undefined || policies.has(routing)) return live
  return live.filter((provider) => textAt(provider, 'provider') === routing)
}

/**
 * The router sends a request to any of these, so a limit is the smallest of theirs, and a price is known only where
 * they agree.
 */
function mergeProviders(model: ListedModel, entry: unknown, connection: Connection): ListedModel | undefined {
  const all = arrayAt(entry, 'providers')
  if (all.length === 0) return model
  const live = eligible(all, connection)
  if (live.length === 0) return undefined
  const windows = live.flatMap((provider) => numberAt(provider, 'context_length') ?? [])
  const pricing: Pricing = compact({
    input: agreed(live.map((provider) => numberAt(recordAt(provider, 'pricing'), 'input'))),
    output: agreed(live.map((provider) => numberAt(recordAt(provider, 'pricing'), 'output'))),
  })
  const capabilities: Capabilities = {
    ...model.capabilities,
    ...compact({
      toolCalling: any(live.map((provider) => booleanAt(provider, 'supports_tools'))),
      structuredOutput: any(live.map((provider) => booleanAt(provider, 'supports_structured_output'))),
    }),
  }
  return {
    ...model,
    ...(windows.length === 0 ? {} : { contextWindow: Math.min(...windows) }),
    ...(Object.keys(pricing).length === 0 ? {} : { pricing }),
    ...(Object.keys(capabilities).length === 0 ? {} : { capabilities }),
  }
}

function agreed(values: readonly (number | undefined)[]): number | undefined {
  const [first, ...others] = values
  return others.every((value) => value === first) ? first : undefined
}

function any(values: readonly (boolean | undefined)[]): boolean | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.includes(true)
}

export const ways: RowWays = {
  wire: { parameters: { ...standardWire.parameters, topK: 'top_k' }, extra: routedModel },
  refineModel: mergeProviders,
}
