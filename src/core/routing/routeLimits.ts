import type { ModelInfo } from '../model.js'
import { createCandidates, measureCandidates, roomOf, windowOf } from './candidates.js'
import { type Complexity, complexities } from './complexity.js'
import { noNeeds, type RequestNeeds } from './needs.js'
import { rank } from './rank.js'
import { mergeRequirements, type Requirements } from './requirements.js'
import type { RouteSetting } from './routes.js'
import { planRoute } from './rules.js'
import { resolveWeights } from './weights.js'

export type RouteLimits = Pick<ModelInfo, 'contextWindow' | 'maxInputTokens' | 'maxOutputTokens'>

/** What a rule may ask of a request besides its length. */
interface Kind {
  readonly complexity: Complexity
  readonly usesTools: boolean
}

const kinds: readonly Kind[] = complexities.flatMap((complexity) => [
  { complexity, usesTools: true },
  { complexity, usesTools: false },
])

const needsOf = (inputTokens: number): RequestNeeds => ({ ...noNeeds, inputTokens })

function planFor(route: RouteSetting, { complexity, usesTools }: Kind, inputTokens: number) {
  const tools = usesTools ? [{ name: 'any', description: '' }] : []
  return planRoute(route, {
    request: { model: { connection: route.name, id: '' }, messages: [], tools, caller: { door: 'api' } },
    needs: needsOf(inputTokens),
    complexity: { complexity, points: 0, signs: [] },
  })
}

interface LimitOptions {
  /** What holds for every request. */
  readonly policy: Requirements
  /** Milliseconds since the epoch. */
  readonly now: number
}

interface Question extends LimitOptions {
  readonly route: RouteSetting
  readonly kind: Kind
}

/** What the route requires of a model for a request of that length. */
function requirementsFor({ route, kind, policy }: Question, inputTokens: number): Requirements {
  return mergeRequirements(planFor(route, kind, inputTokens).requirements, policy)
}

/** Whether the route may have the model answer a request of that length. */
function takes(model: ModelInfo, question: Question, inputTokens: number): boolean {
  const set = createCandidates([model], question)
  const { usable } = rank(requirementsFor(question, inputTokens), set, {
    measured: measureCandidates(set),
    needs: needsOf(inputTokens),
    weights: resolveWeights('balanced'),
  })
  return usable > 0
}

/** Lengths at which a price, a limit of cost or a rule begins or ends to hold. */
function bordersOf(route: RouteSetting, { pricing }: ModelInfo, maxCost: number | undefined): number[] {
  const rules = (route.rules ?? []).flatMap(({ when, ...rule }) => [
    when?.maxInputTokens ?? [],
    when?.minInputTokens === undefined ? [] : when.minInputTokens - 1,
    rule.kind === 'preferLocal' ? (rule.upToTokens ?? []) : [],
  ])
  const tiers = pricing.tiers ?? []
  const costs = [pricing, ...tiers].flatMap(({ input, output = pricing.output ?? 0 }) => {
    if (maxCost === undefined || input === undefined || input <= 0) return []
    return Math.floor((maxCost * 1e6 - noNeeds.expectedOutputTokens * output) / input)
  })
  return [...rules.flat(), ...tiers.map(({ aboveInputTokens }) => aboveInputTokens), ...costs]
}

/** The longest input of one kind that one model may be asked for; 0 for none. */
function longestFor(model: ModelInfo, question: Question): number {
  const room = roomOf(model)
  if (takes(model, question, room)) return room
  const { maxCost } = requirementsFor(question, room)
  const shorter = bordersOf(question.route, model, maxCost)
    .filter((tokens) => tokens > 0 && tokens < room)
    .toSorted((a, b) => b - a)
  return shorter.find((tokens) => takes(model, question, tokens)) ?? 0
}

interface Longest {
  readonly model: ModelInfo
  readonly inputTokens: number
}

/** Of candidates that stand by falling room. */
function longestOfKind(candidates: readonly ModelInfo[], question: Question): Longest | undefined {
  let longest: Longest | undefined
  for (const model of candidates) {
    if (longest !== undefined && roomOf(model) <= longest.inputTokens) break
    const inputTokens = longestFor(model, question)
    if (inputTokens > (longest?.inputTokens ?? 0)) longest = { model, inputTokens }
  }
  return longest
}

/**
 * What a route may say that it takes: a request of that length goes to a model that holds it, whatever kind of request it
 * is. Empty where no candidate may be asked.
 */
export function limitsOfRoute(
  route: RouteSetting,
  candidates: readonly ModelInfo[],
  options: LimitOptions,
): RouteLimits {
  const largestFirst = candidates.toSorted((a, b) => roomOf(b) - roomOf(a))
  const isSame = (route.rules ?? []).every(({ when }) => when === undefined)
  const longest = (isSame ? kinds.slice(0, 1) : kinds)
    .flatMap((kind) => longestOfKind(largestFirst, { ...options, route, kind }) ?? [])
    .toSorted((a, b) => a.inputTokens - b.inputTokens)[0]
  if (longest === undefined) return {}
  const { model, inputTokens } = longest
  const { maxInputTokens, maxOutputTokens } = model
  const isShorter = inputTokens < roomOf(model)
  return {
    contextWindow: windowOf(model),
    ...(isShorter || maxInputTokens !== undefined ? { maxInputTokens: inputTokens } : {}),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}
