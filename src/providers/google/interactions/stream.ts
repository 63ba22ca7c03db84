import type { FinishReason, ResponsePart } from '../../../core/chat.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import type { Usage } from '../../../core/model.js'
import { failedEnding, readEnding } from '../../shared/finishReasons.js'
import { arrayAt, lookUp, numberAt, recordAt, textAt } from '../../shared/json.js'
import type { AnswerReader } from '../answer.js'
import { createStepReader, type InteractionReaderOptions, indexOf } from './steps.js'

/** By the status that an interaction completes with. */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  completed: 'stop',
  requires_action: 'toolCalls',
  incomplete: 'length',
  budget_exceeded: 'length',
  requires_continuation: 'length',
}

const failures = new Set(['failed', 'cancelled'])

export function createInteractionReader(options: InteractionReaderOptions): AnswerReader {
  const steps = createStepReader(options)
  let usage: Usage | undefined
  let reason: FinishReason | undefined
  let token: string | undefined

  function* complete(event: JsonRecord): Iterable<ResponsePart> {
    yield* steps.stopAll()
    const interaction = recordAt(event, 'interaction')
    const status = textAt(interaction, 'status') ?? ''
    token = status === 'requires_continuation' ? textAt(interaction, 'continuation_token') : undefined
    usage = addUsage(usage, recordAt(interaction, 'usage'))
    if (failures.has(status)) throw options.bodyError(failureOf(interaction, status))
    const ending = lookUp(finishReasons, status) ?? readEnding(status) ?? 'stop'
    if (typeof ending === 'object') throw failedEnding(options.subject, ending)
    reason = ending
  }

  return {
    begin: () => void (reason = undefined),
    usage: () => usage,
    *read(event) {
      if (reason !== undefined) return
      const type = event['event_type']
      if (type === 'step.start') yield* steps.start(event)
      else if (type === 'step.delta') yield* steps.delta(event)
      else if (type === 'step.stop') yield* steps.stop(indexOf(event))
      else if (type === 'interaction.completed') yield* complete(event)
      else if (type === 'error') throw options.bodyError({ error: { message: '' } })
    },
    isTold: () => reason !== undefined,
    continuation: () => token,
    *end() {
      const accuracy = reason === undefined ? 'estimated' : 'exact'
      if (usage !== undefined) yield { type: 'usage', usage: { ...usage, accuracy } }
      if (reason === undefined) return
      if (steps.broken() !== undefined && reason !== 'length') throw steps.broken()
      yield* steps.sources()
      const isWhole = reason === 'stop' || reason === 'toolCalls'
      yield { type: 'finish', reason: isWhole ? (steps.calls() > 0 ? 'toolCalls' : 'stop') : reason }
    },
  }
}

function failureOf(interaction: JsonRecord, status: string): unknown {
  const [first] = arrayAt(interaction, 'errors')
  return { error: isRecord(first) ? first : { code: status, message: `The interaction was ${status}.` } }
}

/** Thoughts and the results of tools are counted apart from the two totals; each request counts its own. */
function addUsage(before: Usage | undefined, counts: JsonRecord): Usage | undefined {
  const input = numberAt(counts, 'total_input_tokens')
  const output = numberAt(counts, 'total_output_tokens')
  if (input === undefined && output === undefined) return before
  const thought = numberAt(counts, 'total_thought_tokens') ?? 0
  return {
    inputTokens: (before?.inputTokens ?? 0) + (input ?? 0) + (numberAt(counts, 'total_tool_use_tokens') ?? 0),
    outputTokens: (before?.outputTokens ?? 0) + (output ?? 0) + thought,
    cacheReadInputTokens:
      (before?.cacheReadInputTokens ?? 0) + (numberAt(counts, 'total_cached_tokens') ?? 0),
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: (before?.reasoningOutputTokens ?? 0) + thought,
    accuracy: 'exact',
  }
}
