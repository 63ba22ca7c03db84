import type { Capabilities, ListedModel, Pricing } from '../core/model.js'
import { openaiCompatible } from './openaiCompatible.js'
import { openModelWire } from './shared/chatWire/wire.js'
import { apiKey } from './shared/fields.js'
import { arrayAt, booleanAt, compact, numberAt, recordAt, textAt } from './shared/json.js'

/**
 * The router sends a request to any of a model's live providers, so a limit is the smallest of theirs, and a price
 * is known only where they agree.
 */
function mergeProviders(model: ListedModel, entry: unknown): ListedModel | undefined {
  const all = arrayAt(entry, 'providers')
  if (all.length === 0) return model
  const live = all.filter((provider) => (textAt(provider, 'status') ?? 'live') === 'live')
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

export const huggingface = openaiCompatible({
  id: 'huggingface',
  name: 'Hugging Face',
  description: 'Open models at many inference providers, with one token',
  dataRetention: {
    note: 'The router stores neither requests nor answers; the provider that it chooses has a policy of its own.',
    url: 'https://huggingface.co/docs/inference-providers/security',
  },
  baseUrl: 'https://router.huggingface.co/v1',
  key: apiKey('https://huggingface.co/settings/tokens', 'HF_TOKEN'),
  wire: openModelWire,
  refineModel: mergeProviders,
})
