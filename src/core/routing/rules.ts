import type { ChatRequest } from '../chat.js'
import { minuteMs } from '../durations.js'
import type { Complexity, ComplexityReading } from './complexity.js'
import type { RequestNeeds } from './needs.js'
import { mergeRequirements, type Requirements } from './requirements.js'
import { type RankingWeights, resolveWeights, type WeightPreset } from './weights.js'

/** When a rule counts; all of it must hold. */
export interface RuleCondition {
  /** Tokens of input, estimated. */
  readonly minInputTokens?: number
  readonly maxInputTokens?: number
  readonly complexity?: readonly Complexity[]
  readonly usesTools?: boolean
}

/** By patterns over `connection/id`; a model that none fits weighs 1, and one of weight 0 is asked last. */
export type BalanceWeights = Readonly<Record<string, number>>

/** What a route does beyond weighing. Rules are followed in their order; what they require adds up. */
export type RoutingRule = { readonly when?: RuleCondition } & (
  | {
      /** Local models before all others, while the input is no longer. */
      readonly kind: 'preferLocal'
      readonly upToTokens?: number
    }
  /** No request that is estimated to cost more, in USD. */
  | { readonly kind: 'maxCost'; readonly usd: number }
  /** Milliseconds to the first part, as measured. */
  | { readonly kind: 'maxLatency'; readonly p50Ms?: number; readonly p95Ms?: number }
  | { readonly kind: 'require'; readonly requirements: Requirements }
  | { readonly kind: 'weigh'; readonly weights: RankingWeights | WeightPreset }
  /** Weighs by how hard the task looks; a level without weights leaves them as they are. */
  | {
      readonly kind: 'complexity'
      readonly simple?: RankingWeights | WeightPreset
      readonly moderate?: RankingWeights | WeightPreset
      readonly complex?: RankingWeights | WeightPreset
    }
  /** The model that has answered the conversation before, while it may be asked: its prompt cache is warm. */
  | { readonly kind: 'sticky'; readonly minutes?: number }
  /**
   * Spreads requests over models whose scores differ by no more than `within`: by weights where they are given, else
   * the quicker of two that chance picks.
   */
  | { readonly kind: 'balance'; readonly within?: number; readonly weights?: BalanceWeights }
)

export interface BalancePlan {
  readonly within: number
  readonly weights?: BalanceWeights
}

/** What a route's rules make of one request. */
export interface AppliedRules {
  readonly requirements: Requirements
  readonly weights: RankingWeights
  readonly prefersLocal: boolean
  /** Milliseconds for which a conversation keeps its model; 0 where it need not. */
  readonly stickyMs: number
  readonly balance?: BalancePlan
  /** What the rules have done, for whoever asks why. */
  readonly notes: readonly string[]
}

export interface RuleFacts {
  readonly request: ChatRequest
  readonly needs: RequestNeeds
  readonly complexity: ComplexityReading
}

const usualStickyMinutes = 60
const usualBalanceWithin = 0.02

function holds(condition: RuleCondition | undefined, { request, needs, complexity }: RuleFacts): boolean {
  if (condition === undefined) return true
  const { minInputTokens = 0, maxInputTokens = Infinity, usesTools } = condition
  if (needs.inputTokens < minInputTokens || needs.inputTokens > maxInputTokens) return false
  if (condition.complexity !== undefined && !condition.complexity.includes(complexity.complexity))
    return false
  return usesTools === undefined || usesTools === (request.tools?.length ?? 0) > 0
}

function demand(plan: AppliedRules, requirements: Requirements, note?: string): AppliedRules {
  const notes = note === undefined ? plan.notes : [...plan.notes, note]
  return { ...plan, requirements: mergeRequirements(plan.requirements, requirements), notes }
}

function weighByComplexity(
  plan: AppliedRules,
  rule: Extract<RoutingRule, { kind: 'complexity' }>,
  { complexity, points, signs }: ComplexityReading,
): AppliedRules {
  const weights = rule[complexity]
  const because = signs.length === 0 ? 'nothing says otherwise' : signs.join(', ')
  const note = `the task looks ${complexity} (${points}: ${because})`
  return {
    ...plan,
    ...(weights === undefined ? {} : { weights: resolveWeights(weights) }),
    notes: [...plan.notes, note],
  }
}

function planBalance({ within = usualBalanceWithin, weights }: Extract<RoutingRule, { kind: 'balance' }>) {
  return { within, ...(weights === undefined ? {} : { weights }) }
}

function applyRule(plan: AppliedRules, rule: RoutingRule, facts: RuleFacts): AppliedRules {
  switch (rule.kind) {
    case 'preferLocal': {
      const fits = facts.needs.inputTokens <= (rule.upToTokens ?? Infinity)
      return fits ? { ...plan, prefersLocal: true } : plan
    }
    case 'maxCost':
      return demand(plan, { maxCost: rule.usd })
    case 'maxLatency':
      return demand(plan, { maxLatencyMs: rule.p95Ms, maxMedianLatencyMs: rule.p50Ms })
    case 'require':
      return demand(plan, rule.requirements)
    case 'weigh':
      return { ...plan, weights: resolveWeights(rule.weights) }
    case 'complexity':
      return weighByComplexity(plan, rule, facts.complexity)
    case 'sticky':
      return { ...plan, stickyMs: (rule.minutes ?? usualStickyMinutes) * minuteMs }
    case 'balance':
      return { ...plan, balance: planBalance(rule) }
    default:
      return rule satisfies never
  }
}

export interface RuledRoute {
  readonly weights?: RankingWeights | WeightPreset
  readonly requirements?: Requirements
  readonly rules?: readonly RoutingRule[]
}

/** What the route makes of a request; the request's own requirements hold, too. */
export function planRoute(route: RuledRoute, facts: RuleFacts): AppliedRules {
  const start: AppliedRules = {
    requirements: mergeRequirements(route.requirements ?? {}, facts.request.requirements ?? {}),
    weights: resolveWeights(route.weights ?? 'balanced'),
    prefersLocal: false,
    stickyMs: 0,
    notes: [],
  }
  const rules = route.rules ?? []
  return rules.reduce((plan, rule) => (holds(rule.when, facts) ? applyRule(plan, rule, facts) : plan), start)
}
