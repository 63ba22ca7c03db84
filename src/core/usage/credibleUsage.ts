import { isCredibleCount } from '../credible.js'
import type { Usage } from '../model.js'

type Total = 'inputTokens' | 'outputTokens'

const totals: readonly Total[] = ['inputTokens', 'outputTokens']

/** No request is empty, and no answer that says something. */
function isTold(usage: Usage, total: Total, hasAnswered: boolean): boolean {
  const value = usage[total]
  if (usage.guessed?.includes(total) === true || !isCredibleCount(value)) return false
  return Math.round(value) > 0 || (total === 'outputTokens' && !hasAnswered)
}

function wholeCount(value: number | undefined): number {
  return isCredibleCount(value) ? Math.round(value) : 0
}

/**
 * What a provider says of an answer's tokens, as far as it can be true: counts are whole, and totals that cannot be are
 * named as guessed, so that whoever counts estimates them. `hasAnswered`: something was written.
 */
export function judgeUsage(told: Usage, hasAnswered: boolean): Usage {
  const { guessed: _, cacheWriteLongInputTokens, ...rest } = told
  const guessed = totals.filter((total) => !isTold(told, total, hasAnswered))
  const cacheWriteLong = wholeCount(cacheWriteLongInputTokens)
  return {
    ...rest,
    inputTokens: wholeCount(told.inputTokens),
    outputTokens: wholeCount(told.outputTokens),
    cacheReadInputTokens: wholeCount(told.cacheReadInputTokens),
    cacheWriteInputTokens: wholeCount(told.cacheWriteInputTokens),
    ...(cacheWriteLong === 0 ? {} : { cacheWriteLongInputTokens: cacheWriteLong }),
    reasoningOutputTokens: wholeCount(told.reasoningOutputTokens),
    ...(guessed.length === 0 ? {} : { accuracy: 'estimated', guessed }),
  }
}
