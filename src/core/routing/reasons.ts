import type { ModelInfo } from '../model.js'
import type { Obstacle, ReasonCode } from './candidate.js'
import type { CandidateSet, MeasuredSet } from './candidates.js'
import { categorize } from './category.js'
import { abilitiesOf, abilityMask } from './features.js'
import { type RequestNeeds, tokensAtOnce } from './needs.js'
import type { Requirements } from './requirements.js'
import type { ScoreParts } from './score.js'
import { type RankingWeights, weightNames } from './weights.js'

interface ObstacleFacts {
  readonly requirements: Requirements
  readonly needs: RequestNeeds
  readonly measured: Pick<MeasuredSet, 'firstPartP50' | 'firstPartP95'>
  /** USD for the request. */
  readonly cost: number
}

interface Place extends ObstacleFacts {
  readonly set: CandidateSet
  readonly index: number
  readonly model: ModelInfo
}

const count = (value: number): string => Math.round(value).toLocaleString('en')

function formatCost(usd: number): string {
  if (usd === 0) return '$0'
  return usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`
}

function demandedOf({ requirements: { capabilities = [], features = [] } }: Place): number {
  return abilityMask([...capabilities, ...features])
}

function contextMessage({ set, index, model, requirements, needs }: Place): string {
  const input = tokensAtOnce(requirements, needs)
  const takes = set.maxInput[index] ?? 0
  const known = model.contextWindow ?? model.maxInputTokens
  const source = known === undefined ? ' (assumed, for nobody states it)' : ''
  return input > takes
    ? `takes ${count(takes)} tokens${source}, and ${count(input)} are asked for`
    : `holds ${count(set.window[index] ?? 0)} tokens${source}, and ${count(needs.inputTokens)} with an answer of ${count(needs.outputTokens)} are asked for`
}

function slownessMessage({ measured, index, requirements }: Place): string {
  const { maxLatencyMs = Infinity, maxMedianLatencyMs = 0 } = requirements
  const p95 = measured.firstPartP95[index] ?? 0
  const [ms, name, most] =
    p95 > maxLatencyMs
      ? [p95, 'p95', maxLatencyMs]
      : [measured.firstPartP50[index] ?? 0, 'p50', maxMedianLatencyMs]
  return `takes ${count(ms)} ms to its first part (${name}), more than ${count(most)} ms`
}

/** Each is the rest of a sentence that begins with the model's name. */
const messages: Readonly<Partial<Record<ReasonCode, (place: Place) => string>>> = {
  'not-for-chat': () => 'does not answer in text',
  'not-in-route': () => 'is not among the models of the route',
  'by-name-only': () => 'answers only where it was itself chosen',
  retired: ({ model }) =>
    `was retired${model.lifecycle?.retiresAt === undefined ? '' : ` on ${model.lifecycle.retiresAt}`}`,
  'not-local': () => 'runs in a cloud, and only local models are allowed',
  'capability-missing': (place) =>
    `lacks ${abilitiesOf((demandedOf(place) | place.needs.abilities) & (place.set.lacks[place.index] ?? 0)).join(', ')}`,
  'capability-unknown': (place) =>
    `is not known to have ${abilitiesOf(demandedOf(place) & ~(place.set.has[place.index] ?? 0)).join(', ')}`,
  'context-too-small': contextMessage,
  'wrong-category': ({ model, requirements }) =>
    `is ${categorize(model)}, and ${requirements.category ?? 'another category'} is asked for`,
  'price-unknown': () => 'has no known price, and a limit of price is set',
  'price-too-high': ({ model, requirements }) =>
    `costs ${formatCost(Math.max(model.pricing.input ?? 0, model.pricing.output ?? 0) / 1_000)} per 1,000 tokens, more than ${formatCost(requirements.maxPricePer1kTokens ?? 0)}`,
  'cost-too-high': ({ cost, requirements }) =>
    `would cost ${formatCost(cost)}, more than ${formatCost(requirements.maxCost ?? 0)} for a request`,
  'too-slow': slownessMessage,
}

/** What the facts of a candidate say against it. */
export function describeObstacle(
  code: ReasonCode,
  set: CandidateSet,
  index: number,
  facts: ObstacleFacts,
): Obstacle {
  const model = set.models[index]
  const describe = messages[code]
  const said =
    model === undefined || describe === undefined ? code : describe({ ...facts, set, index, model })
  return { code, message: `${model?.name ?? 'The model'} ${said}` }
}

/** What speaks for a candidate, the weightiest first. */
export function describeScore(
  model: ModelInfo,
  parts: ScoreParts,
  { weights }: { readonly weights: RankingWeights },
): string[] {
  const cost = Number.isNaN(parts.usd) ? 'unknown' : `about ${formatCost(parts.usd)}`
  const notes = { quality: categorize(model), cost, latency: '', privacy: model.location, reliability: '' }
  const sides = weightNames
    .filter((name) => weights[name] > 0)
    .toSorted((a, b) => weights[b] * parts[b] - weights[a] * parts[a])
    .map((name) => {
      const note = notes[name] === '' ? '' : ` (${notes[name]})`
      return `${name} ${parts[name].toFixed(2)}${note} × ${Math.round(weights[name] * 100)}%`
    })
  return [
    ...(parts.isPreferred ? ['local models come first'] : []),
    ...sides,
    ...(parts.unknownAbilities > 0 ? [`${parts.unknownAbilities} wanted abilities are unknown`] : []),
  ]
}
