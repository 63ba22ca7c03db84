import type { Budget } from './budget.js'
import type { Count } from './budgetCounters.js'
import { type PlannedBudget, reservedAmount, storedLimit } from './budgetPlan.js'
import type { RequestEstimate } from './estimateRequest.js'

/** Tokens of the shortest answer worth asking for; OpenAI's Responses API takes no lower limit. */
const leastAnswerTokens = 16

export interface AllotmentOptions {
  readonly planned: readonly PlannedBudget[]
  /** With the longest answer that may come. */
  readonly estimated: RequestEstimate
  /** The same with a shorter answer. */
  readonly estimateFor: (outputTokens: number) => RequestEstimate
  readonly countOf: (planned: PlannedBudget) => Count
}

/** How long an answer may be that nobody has bounded, and the budget that allows no more. */
export interface Allotment {
  readonly estimated: RequestEstimate
  readonly limit?: { readonly tokens: number; readonly budget: Budget }
}

/** The estimate of the shortest answer that is worth asking for. */
export function estimateLeast({ estimated, estimateFor }: Omit<AllotmentOptions, 'planned' | 'countOf'>) {
  return estimated.isOpen === true && estimated.outputTokens > leastAnswerTokens
    ? estimateFor(leastAnswerTokens)
    : estimated
}

/** The largest number up to `most` for which `fits` holds, if it holds for all smaller ones; 0 if for none. */
function findMost(most: number, fits: (value: number) => boolean): number {
  if (fits(most)) return most
  let [low, high] = [0, most]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

/** Undefined if the budget does not depend on the length of the answer. */
function allotIn(planned: PlannedBudget, options: AllotmentOptions): number | undefined {
  const { estimated, estimateFor, countOf } = options
  const { budget } = planned
  const amountOf = (tokens: number): number => reservedAmount(budget, estimateFor(tokens)) ?? 0
  const input = amountOf(0)
  if (budget.kind !== 'hard' || amountOf(estimated.outputTokens) === input) return undefined
  const { spent, reserved } = countOf(planned)
  const left = storedLimit(budget) - spent - reserved - input
  const share = reserved === 0 ? left : left / 2
  return findMost(estimated.outputTokens, (tokens) => amountOf(tokens) - input <= share)
}

/**
 * What an answer without a length of its own is given: its model's longest, the longest that is reckoned with, or half
 * of what a hard budget still has (all of it if no other request runs), whichever is the least. What a budget refuses
 * altogether is left to its reservation.
 */
export function allotAnswer(options: AllotmentOptions): Allotment {
  const { planned, estimated, estimateFor } = options
  if (estimated.isOpen !== true) return { estimated }
  let limit: Allotment['limit']
  for (const one of planned) {
    const tokens = allotIn(one, options)
    if (tokens === undefined || (limit !== undefined && limit.tokens <= tokens)) continue
    limit = { tokens, budget: one.budget }
  }
  if (limit === undefined) return { estimated }
  const tokens = Math.max(limit.tokens, Math.min(leastAnswerTokens, estimated.outputTokens))
  return { estimated: estimateFor(tokens), limit: { ...limit, tokens } }
}
