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

type Count = Exclude<keyof Usage, 'accuracy' | 'guessed' | 'billedUsd' | 'serviceTier'>

const totals = ['inputTokens', 'outputTokens'] as const

/**
 * What a stream says of its usage once it has said something before: counts grow, so a later zero, or nothing, says
 * nothing of an earlier count.
 */
export function laterUsage(earlier: Usage | undefined, later: Usage): Usage {
  if (earlier === undefined) return later
  const { guessed: _, ...both } = { ...earlier, ...later }
  const stands = (name: Count): boolean => !((later[name] ?? 0) > 0) && (earlier[name] ?? 0) > 0
  const count = (name: Count): number => (stands(name) ? earlier[name] : later[name]) ?? 0
  const guessed = totals.filter((name) => (stands(name) ? earlier : later).guessed?.includes(name) === true)
  const filled = (later.guessed ?? []).some((name) => !guessed.includes(name))
  const cacheWriteLong = count('cacheWriteLongInputTokens')
  return {
    ...both,
    inputTokens: count('inputTokens'),
    outputTokens: count('outputTokens'),
    cacheReadInputTokens: count('cacheReadInputTokens'),
    cacheWriteInputTokens: count('cacheWriteInputTokens'),
    ...(cacheWriteLong === 0 ? {} : { cacheWriteLongInputTokens: cacheWriteLong }),
    reasoningOutputTokens: count('reasoningOutputTokens'),
    accuracy: guessed.length > 0 ? 'estimated' : filled ? earlier.accuracy : later.accuracy,
    ...(guessed.length === 0 ? {} : { guessed }),
  }
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
