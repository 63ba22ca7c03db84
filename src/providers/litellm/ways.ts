import { compact } from '../../core/compact.js'
import { type JsonRecord } from '../../core/json.js'
import type { ListedModel, Pricing } from '../../core/model.js'
import { readFurther } from '../shared/chatWire/further.js'
import { type Asking, type RowWays } from '../shared/chatWire/wire.js'
import { arrayAt, booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'

const readsPdf = ['text', 'image', 'pdf'] as const

const million = 1_000_000

/** Of a number that all deployments agree on, since any of them may answer. */
function agreedPrice(infos: readonly JsonRecord[], name: string): number | undefined {
  const [first, ...others] = infos.map((info) => numberAt(info, name))
  if (first === undefined || others.some((other) => other !== first)) return undefined
  return Number((first * million).toPrecision(12))
}

function least(infos: readonly JsonRecord[], name: string): number | undefined {
  const known = infos.flatMap((info) => numberAt(info, name) ?? [])
  return known.length === 0 ? undefined : Math.min(...known)
}

/** Only what every deployment can is sure. */
function every(infos: readonly JsonRecord[], name: string): boolean | undefined {
  const known = infos.flatMap((info) => booleanAt(info, name) ?? [])
  if (known.includes(false)) return false
  return known.length === infos.length ? true : undefined
}

function mergeDeployments(model: ListedModel, infos: readonly JsonRecord[]): ListedModel | undefined {
  const modes = infos.map((info) => textAt(info, 'mode') ?? 'chat')
  const embeds = modes.includes('embedding')
  if (!embeds && !modes.some((mode) => mode === 'chat' || mode === 'responses')) return undefined
  const pricing: Pricing = compact({
    input: agreedPrice(infos, 'input_cost_per_token'),
    output: agreedPrice(infos, 'output_cost_per_token'),
    cacheRead: agreedPrice(infos, 'cache_read_input_token_cost'),
    cacheWrite: agreedPrice(infos, 'cache_creation_input_token_cost'),
  })
  const capabilities = compact({
    ...model.capabilities,
    toolCalling: every(infos, 'supports_function_calling'),
    imageInput: every(infos, 'supports_vision'),
    reasoning: every(infos, 'supports_reasoning'),
    structuredOutput: every(infos, 'supports_response_schema'),
    embedding: embeds ? true : undefined,
  })
  return {
    ...model,
    ...compact({
      maxInputTokens: least(infos, 'max_input_tokens'),
      maxOutputTokens: least(infos, 'max_output_tokens'),
      inputModalities: every(infos, 'supports_pdf_input') === true ? readsPdf : undefined,
    }),
    ...(Object.keys(capabilities).length === 0 ? {} : { capabilities }),
    ...(Object.keys(pricing).length === 0 ? {} : { pricing }),
  }
}

/** One entry for each deployment behind a model's name; a key may lack the right to read them. */
async function readDeployments(
  models: readonly ListedModel[],
  asking: Asking,
): Promise<readonly ListedModel[]> {
  const told = new Map<string, JsonRecord[]>()
  for (const entry of arrayAt(await readFurther(asking, 'model/info'), 'data')) {
    const name = textAt(entry, 'model_name')
    if (name === undefined) continue
    told.set(name, [...(told.get(name) ?? []), recordAt(entry, 'model_info')])
  }
  return models.flatMap((model) => {
    const infos = told.get(model.id)
    return infos === undefined ? model : (mergeDeployments(model, infos) ?? [])
  })
}

export const ways: RowWays = {
  errorRules: [
    { types: /budget_exceeded/, code: 'quota-exhausted' },
    { types: /model_access_denied/, code: 'forbidden' },
  ],
  enrichModels: readDeployments,
}
