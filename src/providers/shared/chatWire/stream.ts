import type { FinishReason, ResponsePart } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import type { Usage } from '../../../core/model.js'
import { laterUsage } from '../../../core/usage/sumUsage.js'
import type { EventReader } from '../answer.js'
import { besideOf } from '../besideCall.js'
import { type Ending, failedEnding, readEnding } from '../finishReasons.js'
import { arrayAt, numberAt, recordAt, textAt } from '../json.js'
import { filteredCategories } from '../refusalReasons.js'
import { readServiceTier } from '../serviceTier.js'
import { addChatSources, createSourceList, type SourceList } from '../sources.js'
import { toldError } from '../toldErrors.js'
import { createToolCallAssembly, type ToolCallAssembly } from '../toolCallAssembly.js'
import type { TakenIds } from '../toolCalls.js'
import type { ToolNames } from '../toolSchema.js'
import type { Transport } from '../transport.js'
import { keepBeside } from './besideCalls.js'
import { readImages } from './images.js'
import { createReasoningReader, type ReasoningReader } from './reasoning.js'
import { readUsage } from './usage.js'

export interface ChatStreamOptions {
  readonly provider: string
  /** The id of the connection. */
  readonly connection: string
  readonly model: string
  readonly transport: Transport
  readonly toolNames: ToolNames
  /** Ids of the conversation's calls. */
  readonly callIds: TakenIds
  /** As `ChatWire` has it. */
  readonly doneEndsAlone: boolean
}

interface Reading {
  readonly calls: ToolCallAssembly
  readonly reasoning: ReasoningReader
  usage: Usage | undefined
  serviceTier: string | undefined
  ending: Ending | undefined
  /** More of the answer came behind a finish reason, so that none ends it for certain. */
  wentOn: boolean
  readonly sources: SourceList
  /** What the server's filter found. */
  filtered: string | undefined
  isBegun: boolean
  refused: boolean
}

export interface ChatStreamReader extends EventReader {
  /**
   * What comes last; `finish` only where the server said that the answer is whole. Throws ModelError, behind the usage,
   * where it said that the answer failed.
   */
  end(sawDone: boolean): Iterable<ResponsePart>
}

export function createChatStreamReader(options: ChatStreamOptions): ChatStreamReader {
  const { transport, toolNames, callIds } = options
  const { subject } = transport
  const reading: Reading = {
    calls: createToolCallAssembly({ subject, tools: toolNames, taken: callIds }),
    reasoning: createReasoningReader(subject),
    usage: undefined,
    serviceTier: undefined,
    ending: undefined,
    wentOn: false,
    sources: createSourceList(),
    filtered: undefined,
    isBegun: false,
    refused: false,
  }
  return {
    isTold: () => reading.ending !== undefined && !reading.wentOn,
    usage: () => usageOf(reading),
    read(event, name) {
      const groq = recordAt(event, 'x_groq')
      const failed = toldError(event, name) ?? (groq['error'] === undefined ? undefined : toldError(groq))
      if (failed !== undefined) throw transport.bodyError(failed)
      if (!isRecord(event)) return nothing
      addChatSources(reading.sources, event)
      const choice = firstChoice(event)
      // Moonshot's stands inside the choice.
      const told =
        readUsage(event['usage']) ?? readUsage(groq['usage']) ?? readUsage(recordAt(choice, 'usage'))
      if (told !== undefined) reading.usage = laterUsage(reading.usage, told)
      reading.serviceTier = readServiceTier(event['service_tier']) ?? reading.serviceTier
      return choice === undefined ? nothing : readChoice(choice, reading)
    },
    // An answer with nothing in it is not cut: it is empty.
    end: (sawDone) => end(reading, sawDone && (options.doneEndsAlone || !reading.isBegun), options),
  }
}

const nothing: readonly ResponsePart[] = []

function firstChoice(event: JsonRecord): unknown {
  for (const choice of arrayAt(event, 'choices')) if ((numberAt(choice, 'index') ?? 0) === 0) return choice
  return undefined
}

function readChoice(choice: unknown, reading: Reading): readonly ResponsePart[] {
  // Some servers put a whole message where a delta belongs.
  const delta = isRecord(choice) && isRecord(choice['delta']) ? choice['delta'] : recordAt(choice, 'message')
  const parts = reading.reasoning.read(delta)
  const content = delta['content']
  if (typeof content === 'string') {
    if (content !== '') parts.push({ type: 'text', text: content })
  } else for (const text of contentTexts(delta)) parts.push({ type: 'text', text })
  parts.push(...readImages(delta))
  addChatSources(reading.sources, delta)
  const refusal = textAt(delta, 'refusal')
  if (refusal !== undefined) {
    reading.refused = true
    parts.push({ type: 'text', text: refusal })
  }
  const calls = arrayAt(delta, 'tool_calls')
  for (const call of calls) addCall(reading.calls, call)
  const brought = parts.length > 0 || calls.length > 0
  reading.isBegun ||= brought
  reading.wentOn ||= brought && reading.ending !== undefined
  reading.ending = endingOf(choice) ?? reading.ending
  reading.filtered =
    filteredCategories(isRecord(choice) ? choice['content_filter_results'] : undefined) ?? reading.filtered
  return parts
}

/** A gateway's own word may hide that the maker's model failed or was cut off; the maker's word stands beside it. */
function endingOf(choice: unknown): Ending | undefined {
  const ending = readEnding(textAt(choice, 'finish_reason'))
  if (ending === undefined || typeof ending === 'object') return ending
  const specific = recordAt(choice, 'provider_specific_fields')
  const native = readEnding(
    textAt(choice, 'native_finish_reason') ?? textAt(specific, 'native_finish_reason'),
  )
  return typeof native === 'object' || native === 'length' ? native : ending
}

/** `content` as a list of pieces. */
function contentTexts(delta: JsonRecord): readonly string[] {
  return arrayAt(delta, 'content').flatMap((piece) => textAt(piece, 'text') ?? [])
}

function addCall(calls: ToolCallAssembly, call: unknown): void {
  if (!isRecord(call)) return
  const called = recordAt(call, 'function')
  calls.add({
    ...compact({
      index: numberAt(call, 'index'),
      id: textAt(call, 'id'),
      name: textAt(called, 'name'),
      beside: besideOf(call, called),
    }),
    input: called['arguments'],
  })
}

function usageOf({ usage, serviceTier }: Reading): Usage | undefined {
  return usage === undefined ? undefined : { ...usage, ...compact({ serviceTier }) }
}

/** Reasons for which a model stops in the middle, be it of a call. */
const cuts: ReadonlySet<FinishReason> = new Set(['length', 'contentFilter', 'refusal'])

/** Whole calls go out before the failure of another one. */
function* end(reading: Reading, isWhole: boolean, options: ChatStreamOptions): Iterable<ResponsePart> {
  const { provider, model, toolNames, transport } = options
  const usage = usageOf(reading)
  if (usage !== undefined) yield { type: 'usage', usage }
  const ending = reading.ending ?? (isWhole ? 'stop' : undefined)
  if (ending === undefined) return
  if (typeof ending === 'object') throw failedEnding(transport.subject, ending)
  const value = reading.reasoning.state()
  if (value !== undefined) yield { type: 'reasoning', text: '', state: { provider, model, value } }
  const reason = reading.refused ? 'refusal' : ending
  const { calls, broken } = reading.calls.finish(cuts.has(reason))
  for (const { call, beside } of calls) {
    if (beside !== undefined) yield keepBeside(call.callId, beside, options)
    yield { ...call, name: toolNames.fromWire(call.name) }
  }
  if (broken !== undefined && !cuts.has(reason)) throw broken
  yield* reading.sources.parts()
  const detail = reason === 'contentFilter' ? reading.filtered : undefined
  const told = calls.length > 0 && reason === 'stop' ? 'toolCalls' : reason
  yield { type: 'finish', reason: told, ...(detail === undefined ? {} : { detail }) }
}
