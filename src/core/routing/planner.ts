import type { ChatRequest } from '../chat.js'
import type { ModelInfo } from '../model.js'
import type { Clock } from '../ports.js'
import type { Breaker } from './breaker.js'
import { type CandidateCheck, firstObstacle, type Obstacle } from './candidate.js'
import { createCandidateSource } from './candidateSource.js'
import type { MeasurementsOf } from './candidates.js'
import { type Choice, choose } from './choose.js'
import { type ComplexityReading, readComplexity } from './complexity.js'
import { type RequestNeeds, readNeeds } from './needs.js'
import { type Ranking, rank } from './rank.js'
import { conversationKeyOf, type RecentAnswers } from './recent.js'
import { mergeRequirements, type Requirements } from './requirements.js'
import type { RouteSetting } from './routes.js'
import { type AppliedRules, planRoute } from './rules.js'

export interface PlannerOptions {
  /** Every model that may be asked; the same array until something changes. */
  readonly models: () => readonly ModelInfo[]
  /** Tokens of everything that a request sends, about. */
  readonly estimateInput: (request: ChatRequest) => number
  readonly checks?: readonly CandidateCheck[]
  readonly measurementsOf?: MeasurementsOf
  readonly breaker: Pick<Breaker, 'obstacle' | 'isQuiet'>
  readonly recent: RecentAnswers
  /** What holds for every request, whatever it asks for: a workspace's “local only”, say. */
  readonly policy?: () => Requirements
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  /** From 0 up to 1. */
  readonly random: () => number
}

/** Which models a route would ask for a request, in which order, and why. */
export interface RoutePlan {
  readonly route: RouteSetting
  readonly needs: RequestNeeds
  readonly complexity: ComplexityReading
  readonly rules: AppliedRules
  readonly ranking: Ranking
  readonly choice: Choice
}

export interface Planner {
  /** Sends nothing and changes nothing. `inputTokens` where they are known better than the request shows them. */
  plan(request: ChatRequest, route: RouteSetting, inputTokens?: number): RoutePlan
  /** What keeps a model from being asked now that its facts do not say. */
  obstacle(model: ModelInfo, request: ChatRequest): Obstacle | undefined
  policy(): Requirements
}

export function conversationKey(request: ChatRequest, route: RouteSetting): string | undefined {
  const { conversation } = request.caller
  return conversation === undefined ? undefined : conversationKeyOf(conversation, route.name)
}

export function createPlanner(options: PlannerOptions): Planner {
  const { recent, breaker, checks = [] } = options
  const candidatesOf = createCandidateSource(options)
  const policy = options.policy ?? ((): Requirements => ({}))

  const obstacle = (model: ModelInfo, request: ChatRequest): Obstacle | undefined =>
    breaker.obstacle(model) ?? firstObstacle(checks, model, request)

  return {
    obstacle,
    policy,
    plan(request, route, inputTokens = options.estimateInput(request)) {
      const needs = readNeeds(request, inputTokens)
      const complexity = readComplexity(request)
      const rules = planRoute(route, { request, needs, complexity })
      const { set, measured, inRoute } = candidatesOf(route)
      const isUnhindered = checks.length === 0 && breaker.isQuiet()
      const ranking = rank(mergeRequirements(rules.requirements, policy()), set, {
        measured,
        needs,
        weights: rules.weights,
        prefersLocal: rules.prefersLocal,
        ...(isUnhindered ? {} : { obstacleOf: (model: ModelInfo) => obstacle(model, request) }),
        ...(inRoute === undefined ? {} : { inRoute }),
      })
      const conversation = conversationKey(request, route)
      const choice = choose(ranking, rules, route, {
        sticky: conversation === undefined ? undefined : recent.modelOf(conversation, rules.stickyMs),
        latencyOf: (ref) => recent.latencyOf(ref),
        random: options.random,
      })
      return { route, needs, complexity, rules, ranking, choice }
    },
  }
}
