import { compact } from '../../../core/compact.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import type { Capabilities, ListedModel, Pricing } from '../../../core/model.js'
import { arrayAt, booleanAt, numberAt, recordAt, textAt } from '../json.js'

/** Members of a list entry that say the same under different names, the surest first. */
const contextNames = [
  'context_length',
  'context_window',
  'max_model_len',
  'max_context_length',
  'max_input_tokens',
]
const outputNames = ['max_completion_tokens', 'max_output_tokens', 'max_output_length']

/** Kinds of models that neither chat nor embed. */
const otherKinds = /rerank|moderation|image|video|audio|transcri|speech|tts|stt/i

/** How models that embed are called, where nobody says what they are. */
const embeddingIds = /embed|(^|\/)(bge|gte|e5)-/i

/** Models whose makers gave them no system message, wherever they run: the first of their families. */
const withoutSystemRole = /(^|\/)(o1-(mini|preview)|gemma-(2|[27]b)\b)/i

/** The entries of a model list in any shape that is in use; undefined for what is no list. */
export function readEntries(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body
  if (!isRecord(body)) return undefined
  const list = body['data'] ?? body['models']
  return Array.isArray(list) ? list : undefined
}

/** One model with whatever its entry says; undefined for one that is of no use here, or not now. */
export function readModel(entry: unknown): ListedModel | undefined {
  const id = textAt(entry, 'id') ?? textAt(entry, 'name')
  if (id === undefined || booleanAt(entry, 'active') === false) return undefined
  const kind = textAt(entry, 'type') ?? ''
  if (otherKinds.test(kind)) return undefined
  const embedding = /embed/i.test(kind) || (kind === '' && embeddingIds.test(id)) ? true : undefined
  const systemRole = withoutSystemRole.test(id) ? false : undefined
  const capabilities = compact({ ...readCapabilities(entry), embedding, systemRole })
  const pricing = readPricing(entry, id)
  const retiresAt = textAt(entry, 'shutdown_date') ?? textAt(entry, 'deprecation_date')
  return {
    id,
    ...compact({
      name: nameOf(entry, id),
      contextWindow: readContext(entry),
      maxOutputTokens:
        firstNumber(entry, outputNames) ?? numberAt(recordAt(entry, 'top_provider'), outputNames[0] ?? ''),
      sizeBytes: numberAt(recordAt(entry, 'meta'), 'size'),
      parameterSize: parameterSize(numberAt(recordAt(entry, 'meta'), 'n_params')),
      lifecycle: retiresAt === undefined ? undefined : ({ status: 'deprecated', retiresAt } as const),
    }),
    ...(Object.keys(capabilities).length === 0 ? {} : { capabilities }),
    ...(Object.keys(pricing).length === 0 ? {} : { pricing }),
  }
}

/** What a running llama.cpp server gives one request comes before what its model was trained for; zero is no fact. */
function readContext(entry: unknown): number | undefined {
  const meta = recordAt(entry, 'meta')
  const found = [
    firstNumber(entry, contextNames),
    firstNumber(recordAt(entry, 'top_provider'), contextNames),
    numberAt(meta, 'n_ctx'),
    numberAt(meta, 'n_ctx_train'),
  ]
  return found.find((tokens) => tokens !== undefined && tokens > 0)
}

function nameOf(entry: unknown, id: string): string | undefined {
  const given = textAt(entry, 'display_name') ?? textAt(entry, 'name')
  if (given !== undefined && given !== id) return given
  const file = /([^/\\]+)\.gguf$/i.exec(id)?.[1]
  return file
}

function firstNumber(entry: unknown, names: readonly string[]): number | undefined {
  for (const name of names) {
    const found = numberAt(entry, name)
    if (found !== undefined) return found
  }
  return undefined
}

function parameterSize(count: number | undefined): string | undefined {
  if (count === undefined || count <= 0) return undefined
  return count >= 1e9 ? `${Number((count / 1e9).toFixed(1))}B` : `${Math.round(count / 1e6)}M`
}

/** An absent value is unknown: a list of what a model supports says what it does not only where there is such a list. */
function readCapabilities(entry: unknown): Capabilities {
  const own = recordAt(entry, 'capabilities')
  const parameters = arrayAt(entry, 'supported_parameters')
  const inputs = [
    ...arrayAt(recordAt(entry, 'architecture'), 'input_modalities'),
    ...arrayAt(entry, 'input_modalities'),
    ...arrayAt(recordAt(entry, 'modalities'), 'input'),
  ]
  const listed = (name: string): boolean | undefined =>
    parameters.length === 0 ? undefined : parameters.includes(name)
  return compact({
    toolCalling: booleanAt(entry, 'supports_tools') ?? booleanAt(own, 'function_calling') ?? listed('tools'),
    imageInput: booleanAt(own, 'vision') ?? (inputs.length === 0 ? undefined : inputs.includes('image')),
    reasoning: booleanAt(own, 'reasoning') ?? listed('reasoning'),
    structuredOutput: booleanAt(entry, 'supports_structured_output') ?? listed('structured_outputs'),
  })
}

const million = 1_000_000

/** USD per million tokens. Prices per token are strings of that name's own, prices per million are numbers. */
function readPricing(entry: unknown, id: string): Pricing {
  const pricing = recordAt(entry, 'pricing')
  if (pricing['prompt'] !== undefined || pricing['completion'] !== undefined) {
    const ofTokens = hasOtherPrices(pricing) ? aboveZero : unchanged
    return compact({
      input: ofTokens(perMillion(numberAt(pricing, 'prompt'))),
      output: ofTokens(perMillion(numberAt(pricing, 'completion'))),
      cacheRead: perMillion(numberAt(pricing, 'input_cache_read')),
      cacheWrite: perMillion(numberAt(pricing, 'input_cache_write')),
    })
  }
  const input = asPerMillion(numberAt(pricing, 'input'))
  const output = asPerMillion(numberAt(pricing, 'output'))
  // Two zeros mean that nobody wrote a price, unless the model is named free.
  if (input === 0 && output === 0 && !/\bfree\b/i.test(id)) return {}
  return compact({ input, output, cacheRead: asPerMillion(numberAt(pricing, 'cached_input')) })
}

/** What is asked for beside tokens. */
const otherPrices = ['request', 'per_request', 'image', 'internal_reasoning']

/** Where each request costs something, tokens without a price are not free. */
function hasOtherPrices(pricing: JsonRecord): boolean {
  return otherPrices.some((name) => (numberAt(pricing, name) ?? 0) > 0)
}

const unchanged = (price: number | undefined): number | undefined => price
const aboveZero = (price: number | undefined): number | undefined => (price === 0 ? undefined : price)

/** USD for a million tokens; nothing is as cheap as this, so less is the price of one. */
const leastPerMillion = 1e-4

function asPerMillion(price: number | undefined): number | undefined {
  return price !== undefined && (price === 0 || price >= leastPerMillion) ? price : undefined
}

/** A negative price means that it varies. */
function perMillion(perToken: number | undefined): number | undefined {
  return perToken === undefined || perToken < 0 ? undefined : Number((perToken * million).toPrecision(12))
}
