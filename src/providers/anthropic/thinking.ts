import type { Anthropic } from '@anthropic-ai/sdk'
import type { ReasoningEffort } from '../../core/chat.js'

type Effort = NonNullable<Anthropic.OutputConfig['effort']>

/** What a request says about thinking; nothing where the model's own default stands. */
export interface ThinkingParameters {
  readonly thinking?: Anthropic.ThinkingConfigParam
  readonly output_config?: Anthropic.OutputConfig
}

export interface ThinkingOptions {
  readonly effort: ReasoningEffort
  /** As the model list states them; undefined where the server states none. */
  readonly capabilities: Anthropic.ModelCapabilities | undefined
  readonly maxTokens: number
  /** A forced tool call, or a turn whose thinking was lost, cannot be combined with thinking. */
  readonly mayThink: boolean
}

/** Wanted levels, nearest first; the first that the model supports is sent. */
const levels: Readonly<Record<ReasoningEffort, readonly Effort[]>> = {
  none: ['low'],
  minimal: ['low'],
  low: ['low'],
  medium: ['medium'],
  high: ['high'],
  max: ['max', 'xhigh', 'high'],
}

/** Tokens, for models whose thinking is bounded by a budget instead of an effort. */
const budgets: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 1_024,
  low: 4_096,
  medium: 10_240,
  high: 24_576,
  max: 49_152,
}

const minimumBudget = 1_024
/** Thinking counts towards max_tokens: so much of it stays for the answer. */
const answerReserve = 1_024

function effortConfig(effort: ReasoningEffort, stated: Anthropic.EffortCapability | undefined) {
  const level = levels[effort].find((name) => stated?.[name]?.supported === true)
  return level === undefined ? {} : { output_config: { effort: level } }
}

function budgetConfig(budget: number, maxTokens: number): ThinkingParameters {
  const tokens = Math.min(budget, maxTokens - answerReserve)
  return tokens < minimumBudget
    ? {}
    : { thinking: { type: 'enabled', budget_tokens: tokens, display: 'summarized' } }
}

/** The request fields for an effort, from what the model says it accepts: a refused one would be a 400. */
export function thinkingParameters(options: ThinkingOptions): ThinkingParameters {
  const { effort, capabilities, maxTokens, mayThink } = options
  const types = capabilities?.thinking?.types
  if (effort === 'none' && types?.disabled?.supported === true) return { thinking: { type: 'disabled' } }
  const level = capabilities?.effort?.supported === true ? effortConfig(effort, capabilities.effort) : {}
  if (effort === 'none' || !mayThink) return level
  if (types?.adaptive?.supported === true) {
    return { ...level, thinking: { type: 'adaptive', display: 'summarized' } }
  }
  if (types?.enabled?.supported === true) return { ...level, ...budgetConfig(budgets[effort], maxTokens) }
  return level
}
