import type { Anthropic } from '@anthropic-ai/sdk'
import type { ReasoningEffort } from '../../core/chat.js'
import { booleanAt, recordAt } from '../shared/json.js'

type Effort = NonNullable<Anthropic.OutputConfig['effort']>
type ThinkingType = Anthropic.ThinkingConfigParam['type']

/** What a model accepts: anything else in a request is a 400. */
export interface ThinkingSupport {
  readonly efforts: ReadonlySet<Effort>
  readonly types: ReadonlySet<ThinkingType>
}

/** What a request says about thinking; nothing where the model's own default stands. */
export interface ThinkingParameters {
  readonly thinking?: Anthropic.ThinkingConfigParam
  readonly output_config?: Anthropic.OutputConfig
}

export interface ThinkingOptions {
  readonly effort: ReasoningEffort
  readonly support: ThinkingSupport
  readonly maxTokens: number
  /** A forced tool call, or a turn whose thinking was lost, cannot be combined with thinking. */
  readonly mayThink: boolean
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const
const thinkingTypes = ['adaptive', 'enabled', 'disabled', 'between_tools'] as const

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

/** From an entry of the model list; undefined where it says nothing of capabilities. */
export function readThinkingSupport(entry: unknown): ThinkingSupport | undefined {
  const capabilities = recordAt(entry, 'capabilities')
  if (Object.keys(capabilities).length === 0) return undefined
  const effort = recordAt(capabilities, 'effort')
  const types = recordAt(recordAt(capabilities, 'thinking'), 'types')
  const isSupported = (source: unknown) => (name: string) =>
    booleanAt(recordAt(source, name), 'supported') === true
  return {
    efforts: new Set(efforts.filter(isSupported(effort))),
    types: new Set(thinkingTypes.filter(isSupported(types))),
  }
}

function budgetConfig(budget: number, maxTokens: number): ThinkingParameters {
  const tokens = Math.min(budget, maxTokens - answerReserve)
  return tokens < minimumBudget
    ? {}
    : { thinking: { type: 'enabled', budget_tokens: tokens, display: 'summarized' } }
}

export function thinkingParameters(options: ThinkingOptions): ThinkingParameters {
  const { effort, support, maxTokens, mayThink } = options
  if (effort === 'none' && support.types.has('disabled')) return { thinking: { type: 'disabled' } }
  const found = levels[effort].find((name) => support.efforts.has(name))
  const level = found === undefined ? {} : { output_config: { effort: found } }
  if (effort === 'none' || !mayThink) return level
  if (support.types.has('adaptive')) {
    return { ...level, thinking: { type: 'adaptive', display: 'summarized' } }
  }
  return support.types.has('enabled') ? { ...level, ...budgetConfig(budgets[effort], maxTokens) } : level
}
