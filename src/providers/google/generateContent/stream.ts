import type { FinishPart, FinishReason, ResponsePart } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import type { ModelError } from '../../../core/errors.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import type { Usage } from '../../../core/model.js'
import { laterUsage } from '../../../core/usage/sumUsage.js'
import { type Ending, type Failed, failedEnding, readEnding } from '../../shared/finishReasons.js'
import { arrayAt, numberAt, recordAt, textAt } from '../../shared/json.js'
import { filteredCategories, wordsOf } from '../../shared/refusalReasons.js'
import { readServiceTier } from '../../shared/serviceTier.js'
import { createSourceList, type SourceList } from '../../shared/sources.js'
import type { AnswerReader } from '../answer.js'
import { fromBase64 } from '../media.js'
import { keep } from '../state.js'
import { type CallReader, type CallReaderOptions, createCallReader } from './calls.js'

export interface ContentReaderOptions extends CallReaderOptions {
  /** Makes the error of an error object. */
  readonly bodyError: (body: unknown) => ModelError
}

function* readPart(part: JsonRecord, calls: CallReader, model: string): Iterable<ResponsePart> {
  const signature = textAt(part, 'thoughtSignature')
  if (isRecord(part['functionCall'])) {
    yield* calls.read(part['functionCall'], signature)
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
  const item = isThought ? part : { text: '', thoughtSignature: signature }
  yield keep({ item }, { api: 'generateContent', model })
}

/**
 * Some streams go on behind a first finish reason, or have one in every event. So the last one counts, and the end of
 * the body is what ends an answer.
 */
export function createContentReader(options: ContentReaderOptions): AnswerReader {
  const calls = createCallReader(options)
  const sources = createSourceList()
  let detail: string | undefined
  let ending: Ending | undefined
  let failure: ModelError | undefined
  let wentOn = false
  let token: string | undefined
  let earlier: Usage | undefined
  let usage: Usage | undefined
  /** Every event counts what came so far. */
  let isCounted = false
  const counted = (): Usage | undefined =>
    usage === undefined ? undefined : { ...usage, accuracy: isCounted ? 'exact' : 'estimated' }

  function* readCandidate(candidate: unknown): Iterable<ResponsePart> {
    const parts = arrayAt(recordAt(candidate, 'content'), 'parts').filter(isRecord)
    wentOn ||= ending !== undefined && parts.some((part) => part['text'] !== '')
    for (const part of parts) yield* readPart(part, calls, options.model)
    addSources(sources, candidate)
    const told = readEnding(textAt(candidate, 'finishReason'))
    if (told === undefined) return
    isCounted = true
    ending = told
    detail = detailOf(candidate) ?? detail
    if (typeof told === 'object') failure ??= failureOf(options, told, textAt(candidate, 'finishMessage'))
    token = continuationOf(candidate)
  }

  function* end(): Iterable<ResponsePart> {
    const told = counted()
    if (told !== undefined) yield { type: 'usage', usage: told }
    if (failure !== undefined) throw failure
    if (ending === undefined || typeof ending === 'object') return
    if (ending !== 'length' && calls.broken() !== undefined) throw calls.broken()
    yield* sources.parts()
    yield finishOf(ending, calls.calls(), detail)
  }

  return {
    usage: counted,
    begin() {
      earlier = usage
      ending = undefined
      wentOn = false
      isCounted = false
    },
    *read(event) {
      const told = addUsage(earlier, recordAt(event, 'usageMetadata'))
      if (told !== undefined) usage = laterUsage(usage, told)
      const blocked = blockOf(recordAt(event, 'promptFeedback'))
      if (blocked !== undefined && usage !== undefined) yield { type: 'usage', usage }
      if (blocked !== undefined) throw options.bodyError(blocked)
      yield* readCandidate(arrayAt(event, 'candidates').find((each) => (numberAt(each, 'index') ?? 0) === 0))
    },
    isTold: () => ending !== undefined && !wentOn,
    continuation: () => token,
    end,
  }
}

function continuationOf(candidate: unknown): string | undefined {
  const goesOn = textAt(candidate, 'finishReason') === 'CONTINUATION'
  return goesOn ? textAt(candidate, 'continuationToken') : undefined
}

function addSources(sources: SourceList, candidate: unknown): void {
  sources.add(arrayAt(recordAt(candidate, 'groundingMetadata'), 'groundingChunks'))
  const cited = recordAt(candidate, 'citationMetadata')
  sources.add([...arrayAt(cited, 'citations'), ...arrayAt(cited, 'citationSources')])
}

/** What Google says of it goes before what its word means. */
function failureOf({ subject, bodyError }: ContentReaderOptions, failed: Failed, said?: string): ModelError {
  if (said === undefined) return failedEnding(subject, failed)
  return bodyError({ error: { code: failed.word.replaceAll(' ', '_'), message: said } })
}

function finishOf(ending: FinishReason, calls: number, detail: string | undefined): FinishPart {
  if (ending === 'contentFilter' && detail !== undefined) return { type: 'finish', reason: ending, detail }
  return { type: 'finish', reason: ending === 'stop' && calls > 0 ? 'toolCalls' : ending }
}

function detailOf(candidate: unknown): string | undefined {
  return textAt(candidate, 'finishMessage') ?? filteredCategories(arrayAt(candidate, 'safetyRatings'))
}

/** The error of a prompt that was blocked; undefined if it was not. */
function blockOf(feedback: JsonRecord): unknown {
  const reason = textAt(feedback, 'blockReason')
  if (reason === undefined) return undefined
  const found = filteredCategories(arrayAt(feedback, 'safetyRatings'))
  const why = textAt(feedback, 'blockReasonMessage') ?? found
  const message = `the prompt was blocked (${wordsOf(reason)}${why === undefined ? '' : `: ${why}`})`
  return { error: { code: 'content_blocked', message } }
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
