import type { FinishReason } from '../../core/chat.js'
import { type ErrorCode, ModelError } from '../../core/errors.js'
import { brokenOff } from './networkError.js'
import { modelOf, nameOf, type Subject } from './subject.js'

/** What a server's word for the end of an answer means: a good end, or the code of a failure. */
export type Ending = FinishReason | Failed

export interface Failed {
  readonly failure: ErrorCode
  /** The server's word, in a form for people. */
  readonly word: string
}

/** In lower case with underscores, as `normalise` makes them. Gateways pass on the words of all makers. */
const goodEnds: readonly (readonly [FinishReason, string])[] = [
  [
    'stop',
    'stop stopped stop_sequence stop_word eos eos_token end end_turn end_of_turn end_of_text pause_turn',
  ],
  ['stop', 'complete completed finish finished done success normal no_image finish_reason_unspecified'],
  ['length', 'length limit max_length model_length max_tokens max_new_tokens max_output_tokens continuation'],
  ['length', 'max_completion_tokens max_tokens_reached max_tokens_exceeded token_limit output_limit'],
  ['toolCalls', 'tool_calls tool_call tool_use function_call function_calls requires_action'],
  ['contentFilter', 'content_filter content_filtered content_blocked filtered blocked safety language spii'],
  ['contentFilter', 'recitation blocklist prohibited_content sensitive moderation guardrails'],
  [
    'contentFilter',
    'guardrail_intervened image_safety image_prohibited_content image_recitation image_other',
  ],
  ['refusal', 'refusal refused'],
]

const failures: readonly (readonly [ErrorCode, string])[] = [
  ['incomplete', 'abort aborted cancel cancelled canceled interrupted disconnected incomplete'],
  ['provider-error', 'error engine_error failed failure malformed_function_call malformed_response other'],
  ['provider-error', 'unexpected_tool_call too_many_tool_calls missing_thought_signature'],
  ['context-length', 'model_context_window_exceeded context_length_exceeded context_length context_window'],
  ['overloaded', 'insufficient_system_resource overloaded'],
]

const wordsOf = <T>(rows: readonly (readonly [T, string])[]): ReadonlyMap<string, T> =>
  new Map(rows.flatMap(([end, words]) => words.split(' ').map((word) => [word, end] as const)))

const goodWords = wordsOf(goodEnds)
const failureWords = wordsOf(failures)

/** By what is in a word that no list has. The first that matches decides; an unknown failure must never pass for an end. */
const unknownFailures: readonly (readonly [RegExp, ErrorCode])[] = [
  [/context.*(window|length|size|exceed|full|overflow)/, 'context-length'],
  [/abort|cancel|interrupt|disconnect|incomplete/, 'incomplete'],
  [/overload|capacity|insufficient|exhaust/, 'overloaded'],
  [
    /error|fail|malformed|invalid|unexpected|unavailable|crash|exception|time_?out|timed_out/,
    'provider-error',
  ],
]

const unknownEnds: readonly (readonly [RegExp, FinishReason])[] = [
  [/filter|safety|moderat|block|prohibit|guardrail|recitation|policy|violat/, 'contentFilter'],
  [/refus/, 'refusal'],
  [/(^|_)(max|length|limit)(_|$)/, 'length'],
]

/** Some servers write the absence of a reason as a word. */
const noReason = new Set(['', 'null', 'none'])

function normalise(word: string): string {
  return word
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

/**
 * Undefined if the word says nothing. An unknown word is `other`: the answer is passed on, and kept in no cache,
 * since its server may mean a failure by it.
 */
export function readEnding(reason: string | undefined): Ending | undefined {
  // Most servers write the words as they stand here.
  const known = reason === undefined ? undefined : goodWords.get(reason)
  if (reason === undefined || known !== undefined) return known
  const word = normalise(reason)
  if (noReason.has(word)) return undefined
  const good = goodWords.get(word)
  if (good !== undefined) return good
  const failure = failureWords.get(word) ?? unknownFailures.find(([pattern]) => pattern.test(word))?.[1]
  if (failure !== undefined) return { failure, word: word.slice(0, 64).replaceAll('_', ' ') }
  return unknownEnds.find(([pattern]) => pattern.test(word))?.[1] ?? 'other'
}

const explanations: Readonly<Record<string, string>> = {
  'malformed function call': 'the model called a tool in a form that cannot be read',
  'unexpected tool call': 'the model called a tool that it was not given',
  'too many tool calls': 'the model called too many tools in a row',
  'malformed response': 'the model’s answer cannot be read',
  other: 'no reason was given',
}

/** The error of an answer whose server says that it failed. `said` is what it says beside the word. */
export function failedEnding(subject: Subject, { failure, word }: Failed, said?: string): ModelError {
  if (failure === 'incomplete') return brokenOff(subject)
  const why = said ?? explanations[word] ?? `it ended with “${word}”`
  const message =
    failure === 'context-length'
      ? `The conversation has outgrown what ${modelOf(subject)} takes. Shorten it, or choose a model with a larger context.`
      : `${nameOf(subject)} broke off the answer of ${modelOf(subject)}: ${why}. Try again, or choose another model.`
  return new ModelError({
    code: failure,
    message,
    provider: subject.provider,
    retryable: failure !== 'context-length',
    model: subject.model,
  })
}
