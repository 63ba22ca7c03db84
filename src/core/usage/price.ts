import { isCredibleCount, mostUsdPerMillion } from '../credible.js'
import {
  type FactSource,
  factSources,
  type ModelInfo,
  type Prices,
  type Pricing,
  type Usage,
} from '../model.js'
import type { AttemptCost, TokenClasses } from './attemptRecord.js'

export type PricedModel = Pick<ModelInfo, 'pricing' | 'sources' | 'location'>

const perMillion = 1e-6

/** Anthropic alone keeps a cache for an hour, and asks this multiple of the price of input for writing it. */
const hourLongFactor = 2

/**
 * Every token in one class. A count that is larger than the one it should be part of is cut to it, so that no token is
 * paid twice.
 */
export function classifyTokens(usage: Usage): TokenClasses {
  const input = count(usage.inputTokens)
  const output = count(usage.outputTokens)
  const cacheRead = Math.min(count(usage.cacheReadInputTokens), input)
  const cacheWrite = Math.min(count(usage.cacheWriteInputTokens), input - cacheRead)
  const cacheWriteLong = Math.min(count(usage.cacheWriteLongInputTokens ?? 0), cacheWrite)
  const reasoningOutput = Math.min(count(usage.reasoningOutputTokens), output)
  return {
    uncachedInput: input - cacheRead - cacheWrite,
    cacheRead,
    cacheWriteShort: cacheWrite - cacheWriteLong,
    cacheWriteLong,
    visibleOutput: output - reasoningOutput,
    reasoningOutput,
  }
}

function count(value: number): number {
  return isCredibleCount(value) ? Math.round(value) : 0
}

export function sumTokens(tokens: TokenClasses): number {
  return sumInput(tokens) + tokens.visibleOutput + tokens.reasoningOutput
}

function sumInput(tokens: TokenClasses): number {
  return tokens.uncachedInput + tokens.cacheRead + tokens.cacheWriteShort + tokens.cacheWriteLong
}

/** The prices that hold for an input of this length. A price that a tier does not state stays as it is. */
function pricesFor(pricing: Pricing, inputTokens: number): Prices {
  const tier = pricing.tiers?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)
  return tier === undefined ? pricing : { ...pricing, ...tier }
}

function hourLongPrice({ input, cacheWrite }: Prices): number | undefined {
  return cacheWrite === undefined || input === undefined ? input : hourLongFactor * input
}

function isFree({ location, pricing: { input, output } }: PricedModel): boolean {
  return location === 'local' && input === undefined && output === undefined
}

/**
 * Money for one attempt. What runs on the user's own machine and has no price is free; everything else without a price
 * is unknown, and so is a sum with one unknown price in it. A cache without a price of its own costs what input costs:
 * its maker gives no discount and takes no surcharge.
 */
export function priceAttempt(tokens: TokenClasses, model: PricedModel): AttemptCost | undefined {
  const prices = pricesFor(model.pricing, sumInput(tokens))
  const { input, output, cacheRead = input, cacheWrite = input } = prices
  const usd =
    part(tokens.uncachedInput, input) +
    part(tokens.cacheRead, cacheRead) +
    part(tokens.cacheWriteShort, cacheWrite) +
    part(tokens.cacheWriteLong, hourLongPrice(prices)) +
    part(tokens.visibleOutput + tokens.reasoningOutput, output)
  if (!Number.isNaN(usd)) return { usd, source: weakestSource(model) }
  return isFree(model) ? { usd: 0, source: 'provider' } : undefined
}

/**
 * How many times the usual price a tier may cost at most, where nobody publishes its own: what may cost more is counted
 * so that a budget holds, what costs less at the usual price.
 */
const tierFactors: ReadonlyMap<string, number> = new Map([
  ['priority', 2],
  ['fast', 6],
])

/** USD that a server may ask for one call beside its tokens. */
const mostPerCallUsd = 100

/** A bill in another unit differs from the list by so much. */
const otherUnitFactor = 1e5

function isCredibleBill(usd: number, tokens: number, listedUsd: number): boolean {
  const isOtherUnit =
    usd > 0 && listedUsd > 0 && Math.max(usd / listedUsd, listedUsd / usd) >= otherUnitFactor
  return usd >= 0 && usd <= mostPerCallUsd + tokens * mostUsdPerMillion * perMillion && !isOtherUnit
}

/** Money for an attempt of this usage: what the server has billed, or else the price of the tokens. */
export function costOf(usage: Usage, model: PricedModel | undefined): AttemptCost | undefined {
  const tokens = classifyTokens(usage)
  const listed = model && priceAttempt(tokens, model)
  const { billedUsd, serviceTier } = usage
  if (billedUsd !== undefined && isCredibleBill(billedUsd, sumTokens(tokens), listed?.usd ?? 0))
    return { usd: billedUsd, source: 'billed' }
  if (listed === undefined || listed.usd === 0 || serviceTier === undefined) return listed
  return { usd: listed.usd * (tierFactors.get(serviceTier) ?? 1), source: 'tier' }
}

/** Tokens that an attempt may use at most. */
export interface TokenBound {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Whether some of the input may be written to a cache that lasts an hour. */
  readonly mayCacheForAnHour: boolean
}

function boundSpan(prices: Prices, { inputTokens, outputTokens, mayCacheForAnHour }: TokenBound): number {
  const { input = Number.NaN, output, cacheRead = input, cacheWrite = input } = prices
  const cacheWriteLong = mayCacheForAnHour ? (hourLongPrice(prices) ?? input) : input
  const dearest = Math.max(input, cacheRead, cacheWrite, cacheWriteLong)
  return part(inputTokens, dearest) + part(outputTokens, output)
}

/**
 * USD that an attempt within the bound cannot exceed, in whatever classes and whatever tier its tokens turn out to be.
 * Undefined where a price is unknown that may be asked.
 */
export function priceAtMost(bound: TokenBound, model: PricedModel): number | undefined {
  const { pricing } = model
  const { tiers = [] } = pricing
  const below = (index: number) => ({
    ...bound,
    inputTokens: Math.min(bound.inputTokens, tiers[index]?.aboveInputTokens ?? bound.inputTokens),
  })
  let usd = boundSpan(pricing, below(0))
  for (const [index, tier] of tiers.entries()) {
    if (bound.inputTokens <= tier.aboveInputTokens) break
    usd = Math.max(usd, boundSpan({ ...pricing, ...tier }, below(index + 1)))
  }
  if (!Number.isNaN(usd)) return usd
  return isFree(model) ? 0 : undefined
}

/** Not a number where tokens have no price: it makes the whole sum so. */
function part(tokens: number, price: number | undefined): number {
  if (tokens === 0) return 0
  return price === undefined ? Number.NaN : tokens * price * perMillion
}

/** A sum is worth what its weakest price is. */
function weakestSource({ sources }: PricedModel): FactSource {
  const input = sources['pricing.input']
  const output = sources['pricing.output']
  if (input === undefined || output === undefined) return input ?? output ?? 'provider'
  return factSources.indexOf(input) > factSources.indexOf(output) ? input : output
}
