import { isRecord } from '../../core/json.js'
import type { Usage } from '../../core/model.js'
import { accuracyOf } from '../shared/estimate.js'
import { arrayAt, numberAt, recordAt } from '../shared/json.js'
import { readServiceTier } from '../shared/serviceTier.js'

const countNames = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const

type Counts = Record<(typeof countNames)[number], number>

const none: Counts = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
}

function combine(a: Counts, b: Counts, of: (a: number, b: number) => number): Counts {
  const combined = { ...a }
  for (const name of countNames) combined[name] = of(a[name], b[name])
  return combined
}

function readCounts(value: unknown): Counts {
  const counts = { ...none }
  for (const name of countNames) counts[name] = Math.max(0, numberAt(value, name) ?? 0)
  // What was written to the cache may be told by its lifetimes alone.
  const lifetimes = recordAt(value, 'cache_creation')
  const written = sumOf(lifetimes, 'ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens')
  counts.cache_creation_input_tokens ||= written
  return counts
}

function sumOf(value: unknown, ...names: readonly string[]): number {
  return names.reduce((sum, name) => sum + Math.max(0, numberAt(value, name) ?? 0), 0)
}

function cachedOf(counts: Counts): number {
  return counts.cache_read_input_tokens + counts.cache_creation_input_tokens
}

/** What is asked of a model beside the message itself: not in the totals of the message (@anthropic-ai/sdk 1.11). */
const besideTheMessage = new Set<unknown>(['compaction', 'advisor_message'])

/** The totals with what further rounds of the same request have used. */
function withIterations(counts: Counts, iterations: readonly unknown[]): Counts {
  let inMessage = none
  let beside = none
  for (const one of iterations) {
    if (!isRecord(one)) continue
    if (besideTheMessage.has(one['type'])) beside = combine(beside, readCounts(one), (a, b) => a + b)
    else inMessage = combine(inMessage, readCounts(one), (a, b) => a + b)
  }
  // Of a request that went on with another model, the totals may be those of its last round.
  return combine(combine(counts, inMessage, Math.max), beside, (a, b) => a + b)
}

/** Reads the usage objects of one message, which count from its beginning. */
export function createUsageReader() {
  let counts = none
  let thinking = 0
  let outputReads = 0
  let isOutputFinal = false
  let isInputTold = false
  /** The input was counted before anything was known of the cache: a later count of the cache is a part of it. */
  let holdsCache = false
  let hourLong = 0
  let iterations: readonly unknown[] = []
  let serviceTier: string | undefined
  return {
    /** `isEnd`: of the message's end, which counts the whole of it. */
    read(update: unknown, isEnd = false): void {
      const before = counts.input_tokens
      // Null, or nothing, says nothing new, and neither does a zero after a count: the earlier one then stands.
      counts = combine(counts, readCounts(update), (earlier, later) =>
        later > 0 || earlier === 0 ? later : earlier,
      )
      if (counts.input_tokens !== before) holdsCache = cachedOf(counts) === 0
      isInputTold ||= (numberAt(update, 'input_tokens') ?? -1) >= 0 || cachedOf(counts) > 0
      if ((numberAt(update, 'output_tokens') ?? -1) >= 0) {
        outputReads++
        isOutputFinal ||= isEnd || outputReads > 1
      }
      hourLong = numberAt(recordAt(update, 'cache_creation'), 'ephemeral_1h_input_tokens') ?? hourLong
      thinking = numberAt(recordAt(update, 'output_tokens_details'), 'thinking_tokens') ?? thinking
      const told = arrayAt(update, 'iterations')
      if (told.length > 0) iterations = told
      if (!isRecord(update)) return
      serviceTier = readServiceTier(update['speed']) ?? readServiceTier(update['service_tier']) ?? serviceTier
    },
    /** Undefined where nothing was told. */
    usage(): Usage | undefined {
      if (!isInputTold && outputReads === 0) return undefined
      const twice = holdsCache && cachedOf(counts) <= counts.input_tokens ? cachedOf(counts) : 0
      const all = withIterations(counts, iterations)
      const cacheRead = all.cache_read_input_tokens
      const cacheWrite = all.cache_creation_input_tokens
      return {
        inputTokens: all.input_tokens + cacheRead + cacheWrite - twice,
        outputTokens: all.output_tokens,
        cacheReadInputTokens: cacheRead,
        cacheWriteInputTokens: cacheWrite,
        ...(hourLong === 0 ? {} : { cacheWriteLongInputTokens: hourLong }),
        reasoningOutputTokens: thinking,
        // What is counted before anything is written is a beginning, not the answer.
        ...accuracyOf(
          isInputTold ? all.input_tokens : undefined,
          isOutputFinal ? all.output_tokens : undefined,
        ),
        ...(serviceTier === undefined ? {} : { serviceTier }),
      }
    },
  }
}
