import { formatModelRef } from '../model.js'
import type { Ranking } from './rank.js'
import { placeInPatterns, type RouteSetting } from './routes.js'
import type { AppliedRules, BalancePlan, BalanceWeights } from './rules.js'

export interface ChoiceState {
  /** The model that has answered the conversation lately. */
  readonly sticky?: string | undefined
  /** Milliseconds to the first part, lately; undefined where it is not known. */
  readonly latencyOf: (ref: string) => number | undefined
  /** From 0 up to 1. */
  readonly random: () => number
}

export interface Choice {
  /** Places of the ranking, in the order in which they are to be asked. */
  readonly places: readonly number[]
  /** Why the first one is not simply the best. */
  readonly note?: string
}

function refAt(ranking: Ranking, place: number): string {
  const model = ranking.model(place)
  return model === undefined ? '' : formatModelRef(model)
}

/** Quicker than `Array.from`, for it is done for every request. */
function countUp(length: number): readonly number[] {
  const places: number[] = []
  for (let place = 0; place < length; place++) places.push(place)
  return places
}

function listedPlaces(ranking: Ranking, patterns: readonly string[]): readonly number[] {
  const positions = Array.from({ length: ranking.usable }, (_, place) =>
    placeInPatterns(patterns, refAt(ranking, place)),
  )
  const positionOf = (place: number): number => positions[place] ?? 0
  return positions.map((_, place) => place).toSorted((a, b) => positionOf(a) - positionOf(b))
}

function weightOf(weights: BalanceWeights, ref: string): number {
  const patterns = Object.keys(weights)
  const weight = weights[patterns[placeInPatterns(patterns, ref)] ?? ''] ?? 1
  return weight > 0 ? weight : 0
}

function pickByWeight(ranking: Ranking, equals: readonly number[], weights: BalanceWeights, random: number) {
  const weighed = equals.map((place) => weightOf(weights, refAt(ranking, place)))
  const total = weighed.reduce((sum, weight) => sum + weight, 0)
  let left = random * total
  const picked = weighed.findIndex((weight) => {
    left -= weight
    return weight > 0 && left < 0
  })
  return equals[picked]
}

/** Two different ones by chance, of which the one that has lately been quicker; one that is not known goes first. */
function pickQuickerOfTwo(ranking: Ranking, equals: readonly number[], { random, latencyOf }: ChoiceState) {
  const first = Math.floor(random() * equals.length)
  const second = (first + 1 + Math.floor(random() * (equals.length - 1))) % equals.length
  const [a, b] = [equals[first], equals[second]]
  if (a === undefined || b === undefined) return a
  const latency = (place: number): number => latencyOf(refAt(ranking, place)) ?? 0
  return latency(b) < latency(a) ? b : a
}

function balance(
  ranking: Ranking,
  places: readonly number[],
  plan: BalancePlan,
  state: ChoiceState,
): Choice | undefined {
  const least = ranking.score(places[0] ?? -1) - plan.within
  const equals = places.filter((place) => ranking.score(place) >= least)
  if (equals.length < 2) return undefined
  const picked =
    plan.weights === undefined
      ? pickQuickerOfTwo(ranking, equals, state)
      : pickByWeight(ranking, equals, plan.weights, state.random())
  if (picked === undefined) return undefined
  const how = plan.weights === undefined ? 'the quicker of two' : 'by weight'
  return { places: moveFirst(places, picked), note: `chosen among ${equals.length} equals, ${how}` }
}

function moveFirst(places: readonly number[], first: number): readonly number[] {
  return [first, ...places.filter((place) => place !== first)]
}

/** In which order a route asks the models that it may ask. */
export function choose(
  ranking: Ranking,
  plan: AppliedRules,
  route: RouteSetting,
  state: ChoiceState,
): Choice {
  const isListed = route.order === 'listed' && route.models !== undefined
  const places = isListed ? listedPlaces(ranking, route.models) : countUp(ranking.usable)
  if (plan.stickyMs > 0 && state.sticky !== undefined) {
    const kept = places.find((place) => refAt(ranking, place) === state.sticky)
    const isFirst = kept === places[0]
    if (kept !== undefined && !isFirst) {
      return { places: moveFirst(places, kept), note: 'it has answered this conversation before' }
    }
    if (kept !== undefined) return { places }
  }
  const balanced = plan.balance === undefined ? undefined : balance(ranking, places, plan.balance, state)
  return balanced ?? (isListed ? { places, note: 'the first in the order of the route' } : { places })
}
