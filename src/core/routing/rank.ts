import type { ModelInfo } from '../model.js'
import { type Obstacle, type ReasonCode, reasonCodes } from './candidate.js'
import type { CandidateSet, MeasuredSet } from './candidates.js'
import { categoryIndex } from './category.js'
import { abilityMask } from './features.js'
import { type RequestNeeds, tokensAtOnce } from './needs.js'
import { describeObstacle, describeScore } from './reasons.js'
import { operationFor, type Requirements } from './requirements.js'
import { createScoring, type Scoring } from './score.js'
import type { RankingWeights } from './weights.js'

export interface RankOptions {
  readonly measured: MeasuredSet
  readonly needs: RequestNeeds
  /** With the sum 1, as `resolveWeights` gives them. */
  readonly weights: RankingWeights
  /** Local models come before all others. */
  readonly prefersLocal?: boolean
  /** By the index of the candidate; 0 leaves it out. */
  readonly inRoute?: Uint8Array
  /** What keeps a model from being asked that its facts do not say; asked for every model that is left. */
  readonly obstacleOf?: (model: ModelInfo) => Obstacle | undefined
}

export interface RankedModel {
  readonly model: ModelInfo
  /** From 0 to 1, and 1 more where the route prefers the model to all others. */
  readonly score: number
  /** Absent where the model may be asked. */
  readonly obstacle?: Obstacle
  /** Sentences without a full stop. */
  readonly reasons: readonly string[]
}

/** Every candidate in its place: those that may be asked, best first, then those that are left out. */
export interface Ranking {
  /** How many may be asked. */
  readonly usable: number
  readonly size: number
  model(place: number): ModelInfo | undefined
  score(place: number): number
  obstacle(place: number): Obstacle | undefined
  /** Says why; made when it is asked for. */
  at(place: number): RankedModel | undefined
}

const code = (name: ReasonCode): number => reasonCodes.indexOf(name) + 1
const codes = {
  notForChat: code('not-for-chat'),
  notInRoute: code('not-in-route'),
  byNameOnly: code('by-name-only'),
  retired: code('retired'),
  notLocal: code('not-local'),
  missing: code('capability-missing'),
  unknown: code('capability-unknown'),
  context: code('context-too-small'),
  category: code('wrong-category'),
  noPrice: code('price-unknown'),
  price: code('price-too-high'),
  cost: code('cost-too-high'),
  slow: code('too-slow'),
} as const

interface Limits {
  readonly demanded: number
  readonly needed: number
  readonly input: number
  readonly inputAndOutput: number
  readonly maxPrice: number
  readonly maxCost: number
  readonly maxLatencyMs: number
  readonly maxMedianLatencyMs: number
  readonly localOnly: boolean
  /** False where embeddings or a ranking of documents are demanded. */
  readonly forChat: boolean
  /** Below 0 where any will do. */
  readonly category: number
}

function readLimits(requirements: Requirements, needs: RequestNeeds): Limits {
  const demanded = abilityMask([...(requirements.capabilities ?? []), ...(requirements.features ?? [])])
  const forChat = operationFor(requirements) === 'chat'
  const input = tokensAtOnce(requirements, needs)
  return {
    demanded,
    needed: demanded | needs.abilities,
    input,
    inputAndOutput: forChat ? Math.max(input, needs.inputTokens + needs.outputTokens) : input,
    maxPrice: (requirements.maxPricePer1kTokens ?? Infinity) / 1_000,
    maxCost: requirements.maxCost ?? Infinity,
    maxLatencyMs: requirements.maxLatencyMs ?? Infinity,
    maxMedianLatencyMs: requirements.maxMedianLatencyMs ?? Infinity,
    localOnly: requirements.privacy === 'local',
    forChat,
    category: requirements.category === undefined ? -1 : categoryIndex(requirements.category),
  }
}

function at(column: Float64Array | Int32Array | Uint8Array, index: number): number {
  return column[index] ?? 0
}

/** 0 where the facts of a candidate leave it in. */
function exclusionOf(set: CandidateSet, index: number, limits: Limits, options: RankOptions): number {
  if (at(set.isForChat, index) === 0 && limits.forChat) return codes.notForChat
  if (options.inRoute !== undefined && at(options.inRoute, index) === 0) return codes.notInRoute
  if (at(set.isByNameOnly, index) === 1) return codes.byNameOnly
  if (at(set.isRetired, index) === 1) return codes.retired
  if (limits.localOnly && at(set.isLocal, index) === 0) return codes.notLocal
  if ((limits.needed & at(set.lacks, index)) !== 0) return codes.missing
  if ((limits.demanded & ~at(set.has, index)) !== 0) return codes.unknown
  if (limits.input > at(set.maxInput, index)) return codes.context
  if (limits.inputAndOutput > at(set.window, index)) return codes.context
  if (limits.category >= 0 && at(set.category, index) !== limits.category) return codes.category
  if (at(options.measured.firstPartP95, index) > limits.maxLatencyMs) return codes.slow
  if (at(options.measured.firstPartP50, index) > limits.maxMedianLatencyMs) return codes.slow
  return 0
}

function priceExclusionOf(set: CandidateSet, index: number, limits: Limits, cost: number): number {
  const isUnlimited = limits.maxPrice === Infinity && limits.maxCost === Infinity
  if (isUnlimited) return 0
  const price = Math.max(at(set.inputPrice, index), at(set.outputPrice, index))
  if (Number.isNaN(price)) return codes.noPrice
  if (price > limits.maxPrice) return codes.price
  return cost > limits.maxCost ? codes.cost : 0
}

/** Scores finer than this are equal, and equals stand in the order of their names. */
const scoreSteps = 1e9
const indexRoom = 2 ** 20

/** One number that sorts by falling score, then by rising index. */
function sortKey(score: number, index: number): number {
  return Math.round((2 - score) * scoreSteps) * indexRoom + index
}

interface Places {
  /** Index of the candidate by its place. */
  readonly order: Uint32Array
  readonly usable: number
  /** 1 more than the place of the reason in `reasonCodes`, by index. */
  readonly exclusions: Uint8Array
  readonly obstacles: ReadonlyMap<number, Obstacle>
}

function place(set: CandidateSet, limits: Limits, scoring: Scoring, options: RankOptions): Places {
  const size = set.models.length
  const { costs, scores, keys, sort } = set.scratch
  const order = new Uint32Array(size)
  const exclusions = new Uint8Array(size)
  const obstacles = new Map<number, Obstacle>()
  for (let index = 0; index < size; index++) exclusions[index] = exclusionOf(set, index, limits, options)
  scoring.measure({ leftOut: exclusions, costs, scores })
  let usable = 0
  let last = size
  for (let index = 0; index < size; index++) {
    if (exclusions[index] === 0) exclusions[index] = priceExclusionOf(set, index, limits, at(costs, index))
    const model = exclusions[index] === 0 ? set.models[index] : undefined
    const obstacle = model === undefined ? undefined : options.obstacleOf?.(model)
    if (obstacle !== undefined) obstacles.set(index, obstacle)
    if (model === undefined || obstacle !== undefined) order[--last] = index
    else keys[usable++] = sortKey(at(scores, index), index)
  }
  sort(usable)
  for (let best = 0; best < usable; best++) order[best] = at(keys, best) % indexRoom
  order.subarray(usable).reverse()
  return { order, usable, exclusions, obstacles }
}

/** Ranks every candidate; at most 2^20 of them. Whatever their order, the ranking is the same. */
export function rank(requirements: Requirements, candidates: CandidateSet, options: RankOptions): Ranking {
  const limits = readLimits(requirements, options.needs)
  const scoring = createScoring(candidates, { ...options, needed: limits.needed })
  const { order, usable, exclusions, obstacles } = place(candidates, limits, scoring, options)
  const indexAt = (rankPlace: number): number => order[rankPlace] ?? -1

  function obstacleAt(index: number): Obstacle | undefined {
    const excluded = reasonCodes[(exclusions[index] ?? 0) - 1]
    if (excluded === undefined) return obstacles.get(index)
    return describeObstacle(excluded, candidates, index, {
      requirements,
      ...options,
      cost: scoring.cost(index),
    })
  }

  return {
    usable,
    size: candidates.models.length,
    model: (rankPlace) => candidates.models[indexAt(rankPlace)],
    score: (rankPlace) => scoring.score(indexAt(rankPlace), scoring.cost(indexAt(rankPlace))),
    obstacle: (rankPlace) => obstacleAt(indexAt(rankPlace)),
    at(rankPlace) {
      const index = indexAt(rankPlace)
      const model = candidates.models[index]
      if (model === undefined) return undefined
      const obstacle = obstacleAt(index)
      const parts = scoring.parts(index)
      const reasons = obstacle === undefined ? describeScore(model, parts, options) : [obstacle.message]
      return { model, score: parts.score, reasons, ...(obstacle === undefined ? {} : { obstacle }) }
    },
  }
}

/** The best model, with why; undefined where all are left out. */
export function select(ranking: Ranking): RankedModel | undefined {
  return ranking.usable === 0 ? undefined : ranking.at(0)
}
