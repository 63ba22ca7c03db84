import { isRecord } from '../../../core/json.js'
import type { Usage } from '../../../core/model.js'
import { readBilledUsd } from '../bill.js'
import { accuracyOf } from '../estimate.js'
import { numberAt, recordAt } from '../json.js'

/**
 * Reads a usage object of Chat Completions. Cached and reasoning tokens are parts of the two totals; a server that
 * adds reasoning on top shows it by its own total.
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined
  const input = numberAt(value, 'prompt_tokens')
  const output = numberAt(value, 'completion_tokens')
  if (input === undefined && output === undefined) return undefined
  const prompt = recordAt(value, 'prompt_tokens_details')
  const completion = recordAt(value, 'completion_tokens_details')
  const billedUsd = readBilledUsd(value)
  const cached =
    numberAt(prompt, 'cached_tokens') ??
    numberAt(value, 'cached_tokens') ??
    numberAt(value, 'prompt_cache_hit_tokens') ??
    numberAt(prompt, 'dram_cached_tokens') ??
    0
  const reasoning = numberAt(completion, 'reasoning_tokens') ?? numberAt(value, 'reasoning_tokens') ?? 0
  const total = numberAt(value, 'total_tokens')
  const isOnTop = reasoning > 0 && total === (input ?? 0) + (output ?? 0) + reasoning
  const outputTokens = (output ?? 0) + (isOnTop ? reasoning : 0)
  return {
    inputTokens: input ?? 0,
    outputTokens,
    cacheReadInputTokens: Math.min(cached, input ?? 0),
    cacheWriteInputTokens: numberAt(prompt, 'cache_write_tokens') ?? 0,
    reasoningOutputTokens: Math.min(reasoning, outputTokens),
    ...accuracyOf(input, output),
    ...(billedUsd === undefined ? {} : { billedUsd }),
  }
}
