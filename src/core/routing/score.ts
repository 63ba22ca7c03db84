import type { CandidateSet, MeasuredSet } from './candidates.js'
import type { RequestNeeds } from './needs.js'
import type { RankingWeights } from './weights.js'

export interface ScoringOptions {
  readonly measured: MeasuredSet
  readonly needs: RequestNeeds
  readonly weights: RankingWeights
  readonly prefersLocal?: boolean
  /** Bits of the abilities that are wanted. */
  readonly needed: number
}

/** The sides of one candidate, each from 0 to 1, before they are weighted. */
export interface ScoreParts {
  readonly quality: number
  readonly cost: number
  readonly latency: number
  readonly privacy: number
  readonly reliability: number
  /** USD for the request as estimated; NaN where the price is unknown. */
  readonly usd: number
  /** How many wanted abilities nobody states. */
  readonly unknownAbilities: number
  readonly isPreferred: boolean
  readonly score: number
}

/** By the index of the candidate. */
interface ScoreRoom {
  /** 0 for those whose cost and score are wanted. */
  readonly leftOut: Uint8Array
  readonly costs: Float64Array
  readonly scores: Float64Array
}

export interface Scoring {
  /** USD for the request as estimated; NaN where the price is unknown. */
  cost(index: number): number
  score(index: number, cost: number): number
  /** Writes cost and score of every candidate that is not left out; a call for each would take half as long again. */
  measure(room: ScoreRoom): void
  parts(index: number): ScoreParts
}

/** USD below which a request is as good as free. */
const smallestCost = 0.001
const costSteps = 3 * Math.LN10
/** Of a cloud's model whose price nobody states: as if it were dear, though not the dearest. */
const unknownCostScore = 0.3
/** Taken off for each wanted ability that nobody states. */
const unknownAbilityLoss = 0.1

/** 1 for nothing, 0.9 for a tenth of a cent, 0.65 for a cent, 0.33 for ten cents, 0 from a dollar up. */
export function costScore(usd: number): number {
  if (Number.isNaN(usd)) return unknownCostScore
  return Math.max(0, 1 - Math.log1p(usd / smallestCost) / costSteps)
}

function countBits(mask: number): number {
  let bits = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits++
  return bits
}

/** The prices of a request as long as this, in USD per token. */
function tieredCost(
  set: CandidateSet,
  index: number,
  { inputTokens, expectedOutputTokens }: RequestNeeds,
): number {
  const tier = set.tiers[index]?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)
  const input = tier?.input === undefined ? (set.inputPrice[index] ?? Number.NaN) : tier.input / 1e6
  const output = tier?.output === undefined ? (set.outputPrice[index] ?? Number.NaN) : tier.output / 1e6
  return inputTokens * input + expectedOutputTokens * output
}

function measureAll(set: CandidateSet, options: ScoringOptions, { leftOut, costs, scores }: ScoreRoom): void {
  const { measured, needs, weights, needed, prefersLocal = false } = options
  const { inputTokens, expectedOutputTokens } = needs
  const { inputPrice, outputPrice, quality, isLocal, has, tiers } = set
  const { latency, reliability } = measured
  for (let index = 0; index < leftOut.length; index++) {
    if (leftOut[index] !== 0) continue
    const input = inputPrice[index] ?? Number.NaN
    const plain = inputTokens * input + expectedOutputTokens * (outputPrice[index] ?? Number.NaN)
    const usd = tiers[index] === undefined ? plain : tieredCost(set, index, needs)
    const local = isLocal[index] ?? 0
    const sum =
      weights.quality * (quality[index] ?? 0) +
      weights.cost * costScore(usd) +
      weights.latency * (latency[index] ?? 0) +
      weights.privacy * local +
      weights.reliability * (reliability[index] ?? 0)
    const unknown = needed === 0 ? 0 : countBits(needed & ~(has[index] ?? 0))
    const certain = Math.max(0, sum - unknownAbilityLoss * unknown)
    costs[index] = usd
    scores[index] = prefersLocal ? certain + local : certain
  }
}

export function createScoring(set: CandidateSet, options: ScoringOptions): Scoring {
  const { measured, needs, weights, needed, prefersLocal = false } = options
  const { inputTokens, expectedOutputTokens } = needs

  function cost(index: number): number {
    if (set.tiers[index] !== undefined) return tieredCost(set, index, needs)
    const input = set.inputPrice[index] ?? Number.NaN
    return inputTokens * input + expectedOutputTokens * (set.outputPrice[index] ?? Number.NaN)
  }

  const unknownAbilities = (index: number): number =>
    needed === 0 ? 0 : countBits(needed & ~(set.has[index] ?? 0))

  function score(index: number, usd: number): number {
    const isLocal = set.isLocal[index] ?? 0
    const sum =
      weights.quality * (set.quality[index] ?? 0) +
      weights.cost * costScore(usd) +
      weights.latency * (measured.latency[index] ?? 0) +
      weights.privacy * isLocal +
      weights.reliability * (measured.reliability[index] ?? 0)
    const certain = Math.max(0, sum - unknownAbilityLoss * unknownAbilities(index))
    return prefersLocal ? certain + isLocal : certain
  }

  return {
    cost,
    score,
    measure: (room) => measureAll(set, options, room),
    parts(index) {
      const usd = cost(index)
      const isLocal = set.isLocal[index] ?? 0
      return {
        quality: set.quality[index] ?? 0,
        cost: costScore(usd),
        latency: measured.latency[index] ?? 0,
        privacy: isLocal,
        reliability: measured.reliability[index] ?? 0,
        usd,
        unknownAbilities: unknownAbilities(index),
        isPreferred: prefersLocal && isLocal === 1,
        score: score(index, usd),
      }
    },
  }
}
