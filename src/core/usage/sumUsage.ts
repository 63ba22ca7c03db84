import type { Usage } from '../model.js'

/** Of a request that nobody was asked for. */
export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningOutputTokens: 0,
  accuracy: 'exact',
}

/** Of two requests together; exact where both are. */
export function addUsage(a: Usage, b: Usage): Usage {
  const cacheWriteLong = (a.cacheWriteLongInputTokens ?? 0) + (b.cacheWriteLongInputTokens ?? 0)
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadInputTokens: a.cacheReadInputTokens + b.cacheReadInputTokens,
    cacheWriteInputTokens: a.cacheWriteInputTokens + b.cacheWriteInputTokens,
    ...(cacheWriteLong === 0 ? {} : { cacheWriteLongInputTokens: cacheWriteLong }),
    reasoningOutputTokens: a.reasoningOutputTokens + b.reasoningOutputTokens,
    accuracy: a.accuracy === 'exact' && b.accuracy === 'exact' ? 'exact' : 'estimated',
  }
}
