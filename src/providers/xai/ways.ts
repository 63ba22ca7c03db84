import { compact } from '../../core/compact.js'
import type { ListedModel } from '../../core/model.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { readFurther } from '../shared/chatWire/further.js'
import type { Asking, RowWays } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'
import { arrayAt, numberAt, textAt } from '../shared/json.js'

/** Efforts by model, the first row that matches; the others refuse to be told. */
const effortRows: readonly { readonly id: RegExp; readonly efforts: readonly string[] }[] = [
  { id: /^grok-3-mini/, efforts: ['low', 'high'] },
  { id: /^grok-4\.3/, efforts: ['none', 'low', 'medium', 'high'] },
  { id: /^grok-4\.5/, efforts: ['low', 'medium', 'high'] },
]

function assumedEfforts({ model }: ProviderChatRequest): readonly string[] {
  return effortRows.find(({ id }) => id.test(model.id))?.efforts ?? []
}

function effortOf(request: ProviderChatRequest): string | undefined {
  const wanted = request.parameters?.reasoningEffort
  return wanted === undefined ? undefined : nearestEffort(wanted, request.model, assumedEfforts(request))
}

const refusedByReasoning: readonly ParameterName[] = ['stop', 'frequencyPenalty', 'presencePenalty']

function refusedParameters(request: ProviderChatRequest): readonly ParameterName[] {
  const { id, capabilities, reasoningEfforts } = request.model
  const reasons = capabilities.reasoning ?? !/non-reasoning|grok-2|grok-3(?!-mini)/.test(id)
  const isTold = reasoningEfforts !== undefined || assumedEfforts(request).length > 0
  return [...(reasons ? refusedByReasoning : []), ...(isTold ? [] : (['reasoningEffort'] as const))]
}

/** Its prices are in cents for a hundred million tokens. */
const perDollar = 10_000

function priceAt(entry: unknown, name: string): number | undefined {
  const price = numberAt(entry, name)
  return price === undefined ? undefined : price / perDollar
}

/** The plain list has nothing but ids, and those of models that make pictures among them. */
async function readLanguageModels(
  models: readonly ListedModel[],
  asking: Asking,
): Promise<readonly ListedModel[]> {
  const told = new Map<string, unknown>()
  for (const entry of arrayAt(await readFurther(asking, 'language-models'), 'models'))
    for (const id of [textAt(entry, 'id'), ...arrayAt(entry, 'aliases')])
      if (typeof id === 'string') told.set(id, entry)
  if (told.size === 0) return models
  return models.flatMap((model) => {
    const entry = told.get(model.id)
    if (entry === undefined) return []
    const inputs = arrayAt(entry, 'input_modalities')
    const pricing = compact({
      input: priceAt(entry, 'prompt_text_token_price'),
      output: priceAt(entry, 'completion_text_token_price'),
      cacheRead: priceAt(entry, 'cached_prompt_text_token_price'),
    })
    return {
      ...model,
      ...(inputs.length === 0 ? {} : { capabilities: { imageInput: inputs.includes('image') } }),
      ...(Object.keys(pricing).length === 0 ? {} : { pricing }),
    }
  })
}

export const ways: RowWays = {
  wire: { effortOf, refuses: refusedParameters },
  errorRules: [
    { status: [400], message: /incorrect api key/i, code: 'unauthorized' },
    { status: [403, 429], message: /\b(any|available) credits/i, code: 'quota-exhausted' },
    { status: [400], message: /maximum prompt length/i, code: 'context-length' },
  ],
  enrichModels: readLanguageModels,
}
