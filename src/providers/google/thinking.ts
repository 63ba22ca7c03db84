import type { ReasoningEffort } from '../../core/chat.js'
import type { ModelInfo } from '../../core/model.js'
import type { Connection, ProviderChatRequest } from '../../core/provider.js'
import { nearestEffort } from '../shared/effort.js'

/**
 * Levels of a model that does not say. `minimal` is left out: most models answer 400 to it, and none of those since
 * Gemini 3 can be told not to think at all.
 */
const assumedLevels = ['low', 'medium', 'high']

/** Tokens; for Gemini 2.5, which generateContent bounds by a budget. Its Pro model cannot be kept from thinking. */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  max: 24_576,
}

const leastBudgetOfPro = 128

/** Undefined where no effort is given, or the model does not think. */
export function thinkingLevel({ model, parameters }: ProviderChatRequest): string | undefined {
  const effort = parameters?.reasoningEffort
  if (effort === undefined || model.capabilities.reasoning === false) return undefined
  return nearestEffort(effort, model, assumedLevels)
}

export interface ThinkingConfig {
  readonly includeThoughts?: boolean
  readonly thinkingBudget?: number
  readonly thinkingLevel?: string
}

export function thinkingConfig(
  request: ProviderChatRequest,
  connection: Connection,
): ThinkingConfig | undefined {
  const { model, parameters } = request
  const level = thinkingLevel(request)
  const effort = parameters?.reasoningEffort
  const config: ThinkingConfig = {
    ...(showsThoughts(model, connection) ? { includeThoughts: true } : {}),
    ...(level === undefined || effort === undefined ? {} : bound(model.id, effort, level)),
  }
  return Object.keys(config).length === 0 ? undefined : config
}

function bound(id: string, effort: ReasoningEffort, level: string): ThinkingConfig {
  if (!/^gemini-2\.5\b/.test(id)) return { thinkingLevel: level.toUpperCase() }
  const least = /-pro\b/.test(id) ? leastBudgetOfPro : 0
  return { thinkingBudget: Math.max(budgets[effort], least) }
}

/** Asked only of models that are known to think: the others refuse the question. */
export function showsThoughts({ capabilities }: ModelInfo, { fields }: Connection): boolean {
  return capabilities.reasoning === true && fields['thoughtSummaries'] !== 'none'
}
