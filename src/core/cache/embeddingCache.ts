import { cancelled, ModelError } from '../errors.js'
import { isRecord, parseJson } from '../json.js'
import type { Usage } from '../model.js'
import type { EmbedResult } from '../provider.js'
import type { CacheableEmbedRequest, CacheParts, Embed } from './cache.js'
import { createFlights, type Flights } from './flights.js'
import { embeddingKey } from './key.js'
import { isFresh, rulesFor } from './policy.js'

type Vector = readonly number[]

interface KeptEmbedding {
  readonly vector: Vector
  /** The input's share of what its request has used and taken. */
  readonly inputTokens: number
  readonly durationMs: number
}

const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningOutputTokens: 0,
  accuracy: 'exact',
}

function decode(text: string): KeptEmbedding | undefined {
  const document = parseJson(text)
  if (!isRecord(document)) return undefined
  const { vector, inputTokens, durationMs } = document
  if (typeof inputTokens !== 'number' || typeof durationMs !== 'number') return undefined
  return isVector(vector) ? { vector, inputTokens, durationMs } : undefined
}

function isVector(value: unknown): value is Vector {
  return Array.isArray(value) && value.every((item) => typeof item === 'number')
}

interface Batch {
  readonly request: CacheableEmbedRequest
  /** By key, each once. */
  readonly inputs: ReadonlyMap<string, string>
}

/** What is kept of the inputs, by key. */
async function readKept({ request, inputs }: Batch, parts: CacheParts): Promise<Map<string, Vector>> {
  const kept = new Map<string, Vector>()
  if (request.cache === 'refresh') return kept
  const { options, store, statistics } = parts
  const { ttlMs } = rulesFor(options.policy(), request.model.connection)
  for (const key of inputs.keys()) {
    const entry = await store.get(key)
    const isUsable = entry !== undefined && isFresh(entry.createdAt, ttlMs, options.clock.now())
    const embedding = isUsable ? decode(entry.value) : undefined
    if (embedding === undefined) continue
    kept.set(key, embedding.vector)
    const usage: Usage = { ...noUsage, inputTokens: embedding.inputTokens, accuracy: 'estimated' }
    const savedUsd = options.price?.(request.model, usage)
    statistics.countHit({ isShared: false, savedMs: embedding.durationMs, savedUsd })
  }
  return kept
}

/** Asks for all inputs of a batch in one call, and keeps each embedding. */
async function ask(embed: Embed, batch: Batch, parts: CacheParts, signal: AbortSignal): Promise<EmbedResult> {
  const { request, inputs } = batch
  const { clock } = parts.options
  const { model } = request
  const begun = clock.monotonic()
  const texts = Array.from(inputs.values())
  const result = await embed({ ...request, inputs: texts }, signal)
  const durationMs = (clock.monotonic() - begun) / texts.length
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  let index = 0
  for (const [key, text] of inputs) {
    const vector = result.embeddings[index++]
    if (vector === undefined) continue
    const inputTokens = (result.usage.inputTokens * text.length) / Math.max(1, characters)
    const value = JSON.stringify({ vector, inputTokens, durationMs } satisfies KeptEmbedding)
    const entry = { key, kind: 'embedding', connection: model.connection, model: model.id } as const
    await parts.store.set({ ...entry, createdAt: clock.now(), value })
  }
  return result
}

/** The inputs' keys in their order; undefined where nothing may be kept. */
function keysOf(request: CacheableEmbedRequest, { options, statistics }: CacheParts): string[] | undefined {
  const { model, inputs, dimensions, cache } = request
  const ref = { connection: model.connection, id: model.id }
  if (!rulesFor(options.policy(), model.connection).embeddings) return undefined
  const configuration = cache === 'bypass' ? undefined : options.configuration(ref)
  if (configuration === undefined) {
    statistics.countBypass(inputs.length)
    return undefined
  }
  const { fingerprint } = configuration
  return inputs.map((input) => embeddingKey({ model: ref, input, dimensions }, fingerprint, options.sha256))
}

interface Call {
  readonly batch: Batch
  readonly embed: Embed
  readonly parts: CacheParts
  readonly flights: Flights<EmbedResult>
}

/** The same inputs at the same time are asked for once. */
async function askTogether(
  { batch, embed, parts, flights }: Call,
  signal: AbortSignal,
): Promise<EmbedResult> {
  const { request, inputs } = batch
  parts.statistics.countMiss(inputs.size)
  const start = async function* (stop: AbortSignal): AsyncGenerator<EmbedResult> {
    yield await ask(embed, batch, parts, stop)
  }
  const key = Array.from(inputs.keys()).join(' ')
  const mayJoin = request.cache !== 'refresh'
  const results = mayJoin ? flights.join(key, start, signal) : flights.start(key, start, signal)
  try {
    for await (const result of results) return result
  } catch (error) {
    throw signal.aborted ? cancelled(error) : error
  }
  throw cancelled()
}

function incomplete({ model }: CacheableEmbedRequest): ModelError {
  return new ModelError({
    code: 'incomplete',
    message: `${model.name} has not given an embedding for every input. Ask again.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
    retryable: true,
  })
}

/**
 * Asks only for embeddings that are not kept, each once. The usage is that of what was asked now.
 * Throws ModelError: what `embed` throws, `cancelled`, or `incomplete`.
 */
export function createEmbeddingCache(parts: CacheParts, embed: Embed): Embed {
  const flights = createFlights<EmbedResult>()
  return async (request, signal) => {
    const keys = keysOf(request, parts)
    if (keys === undefined) return await embed(request, signal)
    if (signal.aborted) throw cancelled(signal.reason)
    const inputs = new Map(request.inputs.map((input, index) => [keys[index] ?? '', input]))
    const vectors = await readKept({ request, inputs }, parts)
    const missing = new Map(Array.from(inputs).filter(([key]) => !vectors.has(key)))
    let usage = noUsage
    if (missing.size > 0) {
      const batch = { request, inputs: missing }
      const result = await askTogether({ batch, embed, parts, flights }, signal)
      usage = result.usage
      Array.from(missing.keys()).forEach((key, index) => vectors.set(key, result.embeddings[index] ?? []))
    }
    const embeddings = keys.map((key) => vectors.get(key) ?? [])
    if (embeddings.some((vector) => vector.length === 0)) throw incomplete(request)
    return { embeddings, usage }
  }
}
