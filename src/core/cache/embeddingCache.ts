import { isCredibleCount } from '../credible.js'
import { cancelled, ModelError } from '../errors.js'
import { isRecord, parseJson } from '../json.js'
import type { Usage } from '../model.js'
import type { EmbedResult } from '../provider.js'
import { splitBatches } from '../retrieval/batches.js'
import { toTextRequest } from '../retrieval/textRequest.js'
import { addUsage, noUsage } from '../usage/sumUsage.js'
import type {
  CacheableEmbedRequest,
  CachedEmbed,
  CacheHit,
  CacheOptions,
  CacheParts,
  Embed,
} from './cache.js'
import { createFlights, type Flights } from './flights.js'
import { embeddingKey } from './key.js'
import { isFresh, rulesFor } from './policy.js'
import { readVector, writeVector } from './vectorText.js'

type Vector = readonly number[]

interface KeptEmbedding {
  readonly vector: Vector
  /** The input's share of what its request has used and taken. */
  readonly inputTokens: number
  readonly durationMs: number
}

function decode(text: string): KeptEmbedding | undefined {
  const document = parseJson(text)
  if (!isRecord(document)) return undefined
  const { inputTokens, durationMs } = document
  if (!isCredibleCount(inputTokens) || typeof durationMs !== 'number') return undefined
  const vector = typeof document['vector'] === 'string' ? readVector(document['vector']) : undefined
  return vector === undefined ? undefined : { vector, inputTokens, durationMs }
}

function encode({ vector, ...rest }: KeptEmbedding): string {
  return JSON.stringify({ vector: writeVector(vector), ...rest })
}

interface Batch {
  readonly request: CacheableEmbedRequest
  /** By key, each once. */
  readonly inputs: ReadonlyMap<string, string>
}

/** What is there without asking, by key. */
interface Found {
  readonly vectors: Map<string, Vector>
  /** When it was first asked for. */
  usage: Usage
  savedMs: number
}

function countHit(
  parts: CacheParts,
  { model }: CacheableEmbedRequest,
  found: Found,
  hit: EmbeddingHit,
): void {
  const usage: Usage = { ...noUsage, inputTokens: hit.inputTokens, accuracy: 'estimated' }
  const savedUsd = parts.options.price?.(model, usage)
  parts.statistics.countHit({ isShared: hit.isShared, savedMs: hit.savedMs, savedUsd })
  found.usage = addUsage(found.usage, usage)
  found.savedMs += hit.savedMs
}

interface EmbeddingHit {
  readonly isShared: boolean
  readonly inputTokens: number
  readonly savedMs: number
}

/** Texts that are looked up before others have their turn: all extensions share one thread. */
const textsAtOnce = 64

async function giveWay({ clock }: CacheOptions, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(0, signal)
  } catch (error) {
    throw cancelled(error)
  }
}

/** What is kept of the inputs. */
async function readKept({ request, inputs }: Batch, parts: CacheParts, signal: AbortSignal): Promise<Found> {
  const found: Found = { vectors: new Map(), usage: noUsage, savedMs: 0 }
  if (request.cache === 'refresh') return found
  const { options, store } = parts
  const { ttlMs } = rulesFor(options.policy(), request.model.connection)
  let read = 0
  for (const key of inputs.keys()) {
    if (++read % textsAtOnce === 0) await giveWay(options, signal)
    const entry = await store.get(key)
    const isUsable = entry !== undefined && isFresh(entry.createdAt, ttlMs, options.clock.now())
    const embedding = isUsable ? decode(entry.value) : undefined
    if (embedding === undefined) continue
    found.vectors.set(key, embedding.vector)
    const { inputTokens, durationMs } = embedding
    countHit(parts, request, found, { isShared: false, inputTokens, savedMs: durationMs })
  }
  return found
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
    const value = encode({ vector, inputTokens, durationMs })
    const entry = { key, kind: 'embedding', connection: model.connection, model: model.id } as const
    const createdAt = clock.now()
    parts.store.set(key, () => ({ ...entry, createdAt, value }))
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
  /** A model is asked for this batch. */
  readonly onAsk: () => void
}

interface Shared extends EmbedResult {
  /** Another request has asked. */
  readonly isShared: boolean
}

/** The same inputs at the same time are asked for once. */
async function askTogether(
  { batch, embed, parts, flights, onAsk }: Call,
  signal: AbortSignal,
): Promise<Shared> {
  const { request, inputs } = batch
  let isShared = true
  const open = async function* (stop: AbortSignal): AsyncGenerator<EmbedResult> {
    isShared = false
    parts.statistics.countMiss(inputs.size)
    onAsk()
    yield await ask(embed, batch, parts, stop)
  }
  const key = Array.from(inputs.keys()).join(' ')
  const mayJoin = request.cache !== 'refresh'
  const results = mayJoin ? flights.join(key, { open }, signal) : flights.start(key, { open }, signal)
  try {
    for await (const result of results) return { ...result, isShared }
  } catch (error) {
    throw signal.aborted ? cancelled(error) : error
  }
  throw cancelled()
}

/** Asks for what is missing, and adds it to what is there. */
async function addMissing(call: Call, found: Found, signal: AbortSignal): Promise<Shared> {
  const { batch, parts } = call
  const result = await askTogether(call, signal)
  const keys = Array.from(batch.inputs.keys())
  keys.forEach((key, index) => found.vectors.set(key, result.embeddings[index] ?? []))
  if (!result.isShared) return result
  const inputTokens = result.usage.inputTokens / keys.length
  for (const _ of keys) countHit(parts, batch.request, found, { isShared: true, inputTokens, savedMs: 0 })
  return { ...result, usage: noUsage }
}

type Told = Pick<CacheHit, 'at' | 'latencyMs' | 'source'>

/** A request that nobody was asked for. */
function tellHit(parts: CacheParts, request: CacheableEmbedRequest, found: Found, told: Told): void {
  const { log, onHit } = parts.options
  const { model, inputs: texts, caller } = request
  const asked = toTextRequest({ model, operation: 'embeddings', texts, caller })
  try {
    onHit?.({ ...told, request: asked, model: asked.model, usage: found.usage, savedMs: found.savedMs })
  } catch (error) {
    log.error('Embeddings out of the cache could not be recorded', error)
  }
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
export function createEmbeddingCache(parts: CacheParts, embed: Embed): CachedEmbed {
  const flights = createFlights<EmbedResult>()
  const { clock } = parts.options

  async function find(batch: Batch, signal: AbortSignal) {
    const [at, begun] = [clock.now(), clock.monotonic()]
    const found = await readKept(batch, parts, signal)
    const missing = Array.from(batch.inputs).filter(([key]) => !found.vectors.has(key))
    const asked = new Set<string>()
    let usage = noUsage
    let isMiss = false
    const onAsk = (): void => {
      if (!isMiss) parts.options.onMiss?.()
      isMiss = true
    }
    // Each is kept when it has come, so that a later one that fails costs no more than itself.
    for (const inputs of splitBatches(missing, ([, text]) => text.length)) {
      const call = { batch: { ...batch, inputs: new Map(inputs) }, embed, parts, flights, onAsk }
      const result = await addMissing(call, found, signal)
      if (!result.isShared) for (const [key] of inputs) asked.add(key)
      usage = addUsage(usage, result.usage)
    }
    if (asked.size === 0 && batch.inputs.size > 0) {
      const source = missing.length === 0 ? 'store' : 'flight'
      tellHit(parts, batch.request, found, { at, latencyMs: clock.monotonic() - begun, source })
    }
    return { vectors: found.vectors, usage, asked }
  }

  return async (request, signal) => {
    const keys = keysOf(request, parts)
    if (keys === undefined) return { ...(await embed(request, signal)), cachedInputs: 0 }
    if (signal.aborted) throw cancelled(signal.reason)
    const inputs = new Map(request.inputs.map((input, index) => [keys[index] ?? '', input]))
    const { vectors, usage, asked } = await find({ request, inputs }, signal)
    const embeddings = keys.map((key) => vectors.get(key) ?? [])
    if (embeddings.some((vector) => vector.length === 0)) throw incomplete(request)
    return { embeddings, usage, cachedInputs: keys.filter((key) => !asked.has(key)).length }
  }
}
