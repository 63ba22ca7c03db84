import type { FinishReason, ResponsePart } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import { ModelError } from '../../../core/errors.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import type { Usage } from '../../../core/model.js'
import { laterUsage } from '../../../core/usage/sumUsage.js'
import { arrayAt, lookUp, numberAt, recordAt, textAt } from '../../shared/json.js'
import { readServiceTier } from '../../shared/serviceTier.js'
import { modelOf, nameOf, type Subject } from '../../shared/subject.js'
import { readToolInput, type TakenIds, takeId } from '../../shared/toolCalls.js'
import type { ToolNames } from '../../shared/toolSchema.js'
import type { AnswerReader } from '../answer.js'
import { fromBase64 } from '../media.js'
import { type Kept, keep } from '../state.js'

export interface ContentReaderOptions {
  readonly subject: Subject
  /** The id that reasoning state is bound to. */
  readonly model: string
  readonly names: ToolNames
  /** Ids of calls that are taken. */
  readonly callIds: TakenIds
  /** Makes the error of an error object. */
  readonly bodyError: (body: unknown) => ModelError
}

/** All of @google/genai 3.1, but those that say of a failure. */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  FINISH_REASON_UNSPECIFIED: 'stop',
  STOP: 'stop',
  NO_IMAGE: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'contentFilter',
  RECITATION: 'contentFilter',
  LANGUAGE: 'contentFilter',
  BLOCKLIST: 'contentFilter',
  PROHIBITED_CONTENT: 'contentFilter',
  SPII: 'contentFilter',
  IMAGE_SAFETY: 'contentFilter',
  IMAGE_PROHIBITED_CONTENT: 'contentFilter',
  IMAGE_RECITATION: 'contentFilter',
  IMAGE_OTHER: 'contentFilter',
}

/** Reasons by which Google says that the answer is no answer. */
const failures: Readonly<Record<string, string>> = {
  MALFORMED_FUNCTION_CALL: 'the model called a tool in a form that cannot be read',
  UNEXPECTED_TOOL_CALL: 'the model called a tool that it was not given',
  TOO_MANY_TOOL_CALLS: 'the model called too many tools in a row',
  MALFORMED_RESPONSE: 'the model’s answer cannot be read',
  OTHER: 'Google gives no reason',
}

interface PartReader {
  read(part: JsonRecord): Iterable<ResponsePart>
  calls(): number
  /** The ModelError of a call that is none. */
  broken(): unknown
}

function createPartReader({ subject, model, names, callIds }: ContentReaderOptions): PartReader {
  let calls = 0
  let broken: unknown
  const keptBy = (kept: Kept): ResponsePart => keep(kept, { api: 'generateContent', model })

  function* readCall(call: JsonRecord, signature: string | undefined): Iterable<ResponsePart> {
    const wireName = textAt(call, 'name')
    if (wireName === undefined) return
    const name = names.fromWire(wireName)
    try {
      const input = readToolInput(subject, name, call['args'])
      const callId = takeId(textAt(call, 'id'), callIds)
      if (signature !== undefined) yield keptBy({ callId, signature })
      calls += 1
      yield { type: 'toolCall', callId, name, input }
    } catch (thrown) {
      broken ??= thrown
    }
  }

  function* read(part: JsonRecord): Iterable<ResponsePart> {
    const signature = textAt(part, 'thoughtSignature')
    if (isRecord(part['functionCall'])) {
      yield* readCall(part['functionCall'], signature)
      return
    }
    const isThought = part['thought'] === true
    const text = textAt(part, 'text')
    if (text !== undefined) yield { type: isThought ? 'reasoning' : 'text', text }
    const data = recordAt(part, 'inlineData')
    const made = fromBase64(textAt(data, 'mimeType'), textAt(data, 'data'))
    if (made !== undefined && !isThought) yield made
    if (signature === undefined) return
    // The text itself is told already: an empty part may carry the signature behind it.
    yield keptBy({ item: isThought ? part : { text: '', thoughtSignature: signature } })
  }

  return { read, calls: () => calls, broken: () => broken }
}

export function createContentReader(options: ContentReaderOptions): AnswerReader {
  const parts = createPartReader(options)
  let reason: string | undefined
  let token: string | undefined
  let earlier: Usage | undefined
  let usage: Usage | undefined
  /** Every event counts what came so far. */
  let isCounted = false
  const counted = (): Usage | undefined =>
    usage === undefined ? undefined : { ...usage, accuracy: isCounted ? 'exact' : 'estimated' }

  function* readCandidate(candidate: unknown): Iterable<ResponsePart> {
    for (const part of arrayAt(recordAt(candidate, 'content'), 'parts'))
      if (isRecord(part)) yield* parts.read(part)
    const told = textAt(candidate, 'finishReason')
    if (told === undefined) return
    isCounted = true
    const failure = lookUp(failures, told)
    if (failure !== undefined) throw failed(options.subject, failure)
    reason = told
    token = told === 'CONTINUATION' ? textAt(candidate, 'continuationToken') : undefined
  }

  return {
    usage: counted,
    begin() {
      earlier = usage
      reason = undefined
      isCounted = false
    },
    *read(event) {
      const told = addUsage(earlier, recordAt(event, 'usageMetadata'))
      if (told !== undefined) usage = laterUsage(usage, told)
      const blocked = textAt(recordAt(event, 'promptFeedback'), 'blockReason')
      if (blocked !== undefined) {
        if (usage !== undefined) yield { type: 'usage', usage }
        throw options.bodyError(blockOf(blocked))
      }
      yield* readCandidate(arrayAt(event, 'candidates').find((each) => (numberAt(each, 'index') ?? 0) === 0))
    },
    isTold: () => reason !== undefined,
    continuation: () => token,
    *end() {
      const told = counted()
      if (told !== undefined) yield { type: 'usage', usage: told }
      if (reason === undefined) return
      const finish = lookUp(finishReasons, reason) ?? 'stop'
      if (parts.broken() !== undefined && finish === 'stop') throw parts.broken()
      yield { type: 'finish', reason: finish === 'stop' && parts.calls() > 0 ? 'toolCalls' : finish }
    },
  }
}

function blockOf(reason: string): unknown {
  const message = `the prompt was blocked (${reason.toLowerCase().replaceAll('_', ' ')})`
  return { error: { code: 'content_blocked', message } }
}

function failed(subject: Subject, what: string): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} broke off the answer of ${modelOf(subject)}: ${what}. Try again, or choose another model.`,
    provider: subject.provider,
    retryable: true,
    ...(subject.model === undefined ? {} : { model: subject.model }),
  })
}

/** Cached tokens are part of the prompt's; thoughts and the results of tools are counted apart from the two totals. */
function addUsage(before: Usage | undefined, counts: JsonRecord): Usage | undefined {
  const prompt = numberAt(counts, 'promptTokenCount')
  const candidates = numberAt(counts, 'candidatesTokenCount')
  if (prompt === undefined && candidates === undefined) return undefined
  const thoughts = numberAt(counts, 'thoughtsTokenCount') ?? 0
  const tools = numberAt(counts, 'toolUsePromptTokenCount') ?? 0
  return {
    inputTokens: (before?.inputTokens ?? 0) + (prompt ?? 0) + tools,
    outputTokens: (before?.outputTokens ?? 0) + (candidates ?? 0) + thoughts,
    cacheReadInputTokens:
      (before?.cacheReadInputTokens ?? 0) + (numberAt(counts, 'cachedContentTokenCount') ?? 0),
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: (before?.reasoningOutputTokens ?? 0) + thoughts,
    accuracy: 'exact',
    ...compact({ serviceTier: readServiceTier(counts['serviceTier']) }),
  }
}
