import {
  canChat,
  formatModelRef,
  type ModelInfo,
  type ModelRef,
  mayBeProposed,
  type Pricing,
} from '../model.js'
import { categorize, categoryIndex } from './category.js'
import { readAbilities } from './features.js'
import { estimateQuality } from './quality.js'

/** What was measured of a model; milliseconds. */
export interface Measurements {
  readonly requests: number
  /** Absent before the first answer. */
  readonly firstPartMs?: { readonly p50: number; readonly p95: number }
  /** From 0 to 100. */
  readonly healthScore: number
}

export type MeasurementsOf = (model: ModelRef) => Measurements | undefined

/** Assumed of a model that states no limit. Tokens. */
const assumedContext = { cloud: 32_768, local: 8_192 } as const

/** Of a model that nobody has measured: neither quick nor slow, and reliable as most are. */
const unmeasured = { latency: 0.5, reliability: 0.9 } as const

/** Milliseconds to the first part that count half. */
const middlingFirstPartMs = 1_000

/**
 * The facts of many models, read once and laid out by column, so that ranking a thousand of them takes no time to speak
 * of. In the order of their names, whatever the order in which they came.
 */
export interface CandidateSet {
  readonly models: readonly ModelInfo[]
  readonly refs: readonly string[]
  /** Bits of abilities. */
  readonly has: Int32Array
  readonly lacks: Int32Array
  /** Tokens. */
  readonly maxInput: Float64Array
  readonly window: Float64Array
  /** USD per token; NaN where it is unknown. */
  readonly inputPrice: Float64Array
  readonly outputPrice: Float64Array
  readonly tiers: readonly (Pricing['tiers'] | undefined)[]
  readonly quality: Float64Array
  readonly isLocal: Uint8Array
  readonly category: Uint8Array
  readonly isForChat: Uint8Array
  readonly isByNameOnly: Uint8Array
  readonly isRetired: Uint8Array
  readonly scratch: Scratch
}

/** Room that every ranking of a set uses again, and leaves nothing in that is read later. */
interface Scratch {
  readonly costs: Float64Array
  readonly scores: Float64Array
  readonly keys: Float64Array
  /** Sorts the first of the keys, which must be positive. */
  readonly sort: (count: number) => void
}

function createScratch(size: number): Scratch {
  const keys = new Float64Array(size)
  // The bits of positive numbers sort as the numbers do, and in a fifth of the time.
  const bits = new BigUint64Array(keys.buffer)
  const sort = (count: number): void => {
    const sorted = bits.subarray(0, count)
    // oxlint-disable-next-line unicorn/no-array-sort -- it is there to be used again
    sorted.sort()
  }
  return { costs: new Float64Array(size), scores: new Float64Array(size), keys, sort }
}

export interface CandidateOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The user's own opinion, from 0 to 1; stronger than the estimate. */
  readonly qualityOf?: (model: ModelInfo) => number | undefined
}

function pricePerToken(model: ModelInfo, side: 'input' | 'output'): number {
  const price = model.pricing[side]
  if (price !== undefined) return price / 1e6
  // What only embeds or ranks puts out nothing that could be paid.
  const isFree = model.location === 'local' || (side === 'output' && !canChat(model))
  return isFree ? 0 : Number.NaN
}

function isRetired({ lifecycle }: ModelInfo, now: number): boolean {
  if (lifecycle === undefined) return false
  return lifecycle.status === 'retired' || Date.parse(lifecycle.retiresAt ?? '') <= now
}

function makesText(model: ModelInfo): boolean {
  return canChat(model) && model.outputModalities?.includes('text') !== false
}

/** Tokens of input and output together; assumed where nothing is stated. */
export function windowOf({ contextWindow, maxInputTokens, location }: ModelInfo): number {
  return contextWindow ?? maxInputTokens ?? assumedContext[location]
}

/** Tokens of input. */
export function roomOf(model: ModelInfo): number {
  const window = windowOf(model)
  return Math.min(window, model.maxInputTokens ?? window)
}

export function createCandidates(models: readonly ModelInfo[], options: CandidateOptions): CandidateSet {
  const named = models.map((model) => ({ model, ref: formatModelRef(model) }))
  named.sort((a, b) => (a.ref < b.ref ? -1 : Number(a.ref > b.ref)))
  const sorted = named.map(({ model }) => model)
  const numbers = (read: (model: ModelInfo) => number) => Float64Array.from(sorted, read)
  const bytes = (read: (model: ModelInfo) => number | boolean) =>
    Uint8Array.from(sorted, (model) => Number(read(model)))
  const abilities = sorted.map(readAbilities)
  return {
    models: sorted,
    refs: named.map(({ ref }) => ref),
    has: Int32Array.from(abilities, ({ has }) => has),
    lacks: Int32Array.from(abilities, ({ lacks }) => lacks),
    maxInput: numbers(roomOf),
    window: numbers(windowOf),
    inputPrice: numbers((model) => pricePerToken(model, 'input')),
    outputPrice: numbers((model) => pricePerToken(model, 'output')),
    tiers: sorted.map(({ pricing }) => pricing.tiers),
    quality: numbers((model) => options.qualityOf?.(model) ?? estimateQuality(model, options.now)),
    isLocal: bytes((model) => model.location === 'local'),
    category: bytes((model) => categoryIndex(categorize(model))),
    isForChat: bytes(makesText),
    isByNameOnly: bytes((model) => !mayBeProposed(model)),
    isRetired: bytes((model) => isRetired(model, options.now)),
    scratch: createScratch(sorted.length),
  }
}

/** What was measured, by the index of the candidate. */
export interface MeasuredSet {
  /** From 0 to 1. */
  readonly latency: Float64Array
  readonly reliability: Float64Array
  /** Milliseconds to the first part; NaN where nobody has measured. */
  readonly firstPartP50: Float64Array
  readonly firstPartP95: Float64Array
}

/** 1 for an answer at once, 0.5 for one after a second, less and less for a slower one. */
export function latencyScore(firstPartMs: NonNullable<Measurements['firstPartMs']>): number {
  const typical = (firstPartMs.p50 + firstPartMs.p95) / 2
  return middlingFirstPartMs / (middlingFirstPartMs + typical)
}

export function measureCandidates(candidates: CandidateSet, measurementsOf?: MeasurementsOf): MeasuredSet {
  const size = candidates.models.length
  const latency = new Float64Array(size).fill(unmeasured.latency)
  const reliability = new Float64Array(size).fill(unmeasured.reliability)
  const firstPartP50 = new Float64Array(size).fill(Number.NaN)
  const firstPartP95 = new Float64Array(size).fill(Number.NaN)
  candidates.models.forEach((model, index) => {
    const measured = measurementsOf?.(model)
    if (measured === undefined || measured.requests === 0) return
    reliability[index] = measured.healthScore / 100
    if (measured.firstPartMs === undefined) return
    latency[index] = latencyScore(measured.firstPartMs)
    firstPartP50[index] = measured.firstPartMs.p50
    firstPartP95[index] = measured.firstPartMs.p95
  })
  return { latency, reliability, firstPartP50, firstPartP95 }
}
