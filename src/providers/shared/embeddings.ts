import { compact } from '../../core/compact.js'
import { ModelError } from '../../core/errors.js'
import { isRecord } from '../../core/json.js'
import { formatModelRef } from '../../core/model.js'
import type { EmbedRequest, EmbedResult } from '../../core/provider.js'
import { splitBatches } from '../../core/retrieval/batches.js'
import { noUsage } from '../../core/usage/sumUsage.js'
import { readBilledUsd } from './bill.js'
import { estimateTokens } from './estimate.js'
import { arrayAt, numberAt } from './json.js'

/** What one request may hold. */
export interface EmbedLimits {
  readonly inputs: number
  /** Of all inputs together. */
  readonly tokens: number
}

/** What one request was answered; in the order of its inputs. */
export interface EmbedAnswer {
  readonly embeddings: readonly (readonly number[])[]
  /** Undefined where the server does not count. */
  readonly inputTokens: number | undefined
  /** USD, where the server says what it has billed. */
  readonly billedUsd?: number | undefined
}

/** Inputs in requests that keep the limits; an input that breaks them alone has a request of its own. */
export function batchInputs(inputs: readonly string[], limits: EmbedLimits): readonly (readonly string[])[] {
  return splitBatches(inputs, estimateTokens, { items: limits.inputs, length: limits.tokens })
}

/**
 * One request after another. Throws ModelError, `provider-error` where a server answers more or less than was asked, and
 * `capability-unsupported` where embeddings are not as long as was asked.
 */
export async function embedInBatches(
  request: EmbedRequest,
  limits: EmbedLimits,
  ask: (inputs: readonly string[]) => Promise<EmbedAnswer>,
): Promise<EmbedResult> {
  checkInputs(request)
  const embeddings: (readonly number[])[] = []
  let inputTokens = 0
  let isExact = true
  let billedUsd: number | undefined = 0
  for (const batch of batchInputs(request.inputs, limits)) {
    const answer = await ask(batch)
    if (answer.embeddings.length !== batch.length) throw miscounted(request, batch.length, answer)
    checkLengths(request, answer)
    embeddings.push(...answer.embeddings)
    isExact &&= answer.inputTokens !== undefined
    billedUsd =
      answer.billedUsd === undefined || billedUsd === undefined ? undefined : billedUsd + answer.billedUsd
    inputTokens += answer.inputTokens ?? batch.reduce((sum, input) => sum + estimateTokens(input), 0)
  }
  return {
    embeddings,
    usage: {
      ...noUsage,
      inputTokens,
      accuracy: isExact ? 'exact' : 'estimated',
      ...(request.inputs.length === 0 ? {} : compact({ billedUsd })),
    },
  }
}

function checkInputs({ inputs, model }: EmbedRequest): void {
  const empty = inputs.findIndex((input) => input === '')
  if (empty < 0) return
  throw new ModelError({
    code: 'invalid-request',
    message: `Text ${empty + 1} of ${inputs.length} is empty, and an empty text has no embedding. Leave it out.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
  })
}

/** Servers that know no length but the model’s own ignore the wish, and vectors of two lengths cannot be compared. */
function checkLengths({ model, dimensions }: EmbedRequest, { embeddings }: EmbedAnswer): void {
  if (dimensions === undefined) return
  const other = embeddings.find(({ length }) => length !== dimensions)
  if (other === undefined) return
  throw new ModelError({
    code: 'capability-unsupported',
    message: `${model.name} gives embeddings of ${other.length} numbers, and not of ${dimensions}. Ask for its own length, or for none.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
  })
}

function miscounted({ model }: EmbedRequest, asked: number, { embeddings }: EmbedAnswer): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${formatModelRef(model)} gave ${embeddings.length} embeddings for ${asked} texts. Try again, or choose another model for embeddings.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
  })
}

/** `{data: [{index, embedding}]}` in any order, as OpenAI and all that copy it answer. */
export function readEmbeddings(body: unknown): EmbedAnswer {
  const entries = arrayAt(body, 'data').map((entry, position) => ({
    index: numberAt(entry, 'index') ?? position,
    embedding: readVector(isRecord(entry) ? entry['embedding'] : undefined),
  }))
  const ordered = entries.toSorted((a, b) => a.index - b.index)
  const usage = isRecord(body) ? body['usage'] : undefined
  return {
    embeddings: ordered.flatMap(({ embedding }) => (embedding === undefined ? [] : [embedding])),
    inputTokens: numberAt(usage, 'prompt_tokens') ?? numberAt(usage, 'total_tokens'),
    billedUsd: readBilledUsd(usage),
  }
}

/** Undefined for what is no list of numbers, an empty one too. */
export function readVector(value: unknown): readonly number[] | undefined {
  const isVector = Array.isArray(value) && value.length > 0 && value.every((item) => Number.isFinite(item))
  return isVector ? value : undefined
}
