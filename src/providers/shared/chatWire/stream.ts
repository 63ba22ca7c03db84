import type { FinishReason, ResponsePart } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import type { Usage } from '../../../core/model.js'
import { laterUsage } from '../../../core/usage/sumUsage.js'
import type { EventReader } from '../answer.js'
import { besideOf } from '../besideCall.js'
import { arrayAt, lookUp, numberAt, recordAt, textAt } from '../json.js'
import { readServiceTier } from '../serviceTier.js'
import { createToolCallAssembly, type ToolCallAssembly } from '../toolCallAssembly.js'
import type { TakenIds } from '../toolCalls.js'
import type { ToolNames } from '../toolSchema.js'
import type { Transport } from '../transport.js'
import { keepBeside } from './besideCalls.js'
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
  readonly endMarker: 'done' | 'finishReason'
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  model_length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'toolCalls',
  tool_use: 'toolCalls',
  function_call: 'toolCalls',
  content_filter: 'contentFilter',
  refusal: 'refusal',
}

/** Reasons by which a server says that it gave up. */
const failures = new Set(['error', 'abort', 'aborted', 'insufficient_system_resource'])

interface Reading {
  readonly calls: ToolCallAssembly
  readonly reasoning: ReasoningReader
  usage: Usage | undefined
  serviceTier: string | undefined
  reason: string | undefined
  /** In the words of the model's maker, where the server is a gateway. */
  nativeReason: string | undefined
  refused: boolean
}

export interface ChatStreamReader extends EventReader {
  /** What comes last; `finish` only where the server's own end was seen, be it the line `[DONE]`. */
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
    reason: undefined,
    nativeReason: undefined,
    refused: false,
  }
  const isTold = (): boolean => options.endMarker === 'finishReason' && reading.reason !== undefined
  return {
    isTold,
    usage: () => usageOf(reading),
    read(event, name) {
      if (!isRecord(event)) return nothing
      const groq = recordAt(event, 'x_groq')
      const error = groq['error'] ?? event['error'] ?? (name === 'error' ? event : undefined)
      if (error !== undefined && error !== null) throw transport.bodyError({ error })
      const choice = arrayAt(event, 'choices').find((each) => (numberAt(each, 'index') ?? 0) === 0)
      // Moonshot's stands inside the choice.
      const told =
        readUsage(event['usage']) ?? readUsage(groq['usage']) ?? readUsage(recordAt(choice, 'usage'))
      if (told !== undefined) reading.usage = laterUsage(reading.usage, told)
      reading.serviceTier = readServiceTier(event['service_tier']) ?? reading.serviceTier
      return choice === undefined ? nothing : readChoice(choice, reading)
    },
    end(sawDone) {
      const isComplete = sawDone || isTold()
      return end(reading, isComplete && !failures.has(reading.reason ?? ''), options)
    },
  }
}

const nothing: readonly ResponsePart[] = []

function readChoice(choice: unknown, reading: Reading): readonly ResponsePart[] {
  // Some servers put a whole message where a delta belongs.
  const delta = isRecord(choice) && isRecord(choice['delta']) ? choice['delta'] : recordAt(choice, 'message')
  const parts = reading.reasoning.read(delta)
  const content = delta['content']
  if (typeof content === 'string') {
    if (content !== '') parts.push({ type: 'text', text: content })
  } else for (const text of contentTexts(delta)) parts.push({ type: 'text', text })
  const refusal = textAt(delta, 'refusal')
  if (refusal !== undefined) {
    reading.refused = true
    parts.push({ type: 'text', text: refusal })
  }
  for (const call of arrayAt(delta, 'tool_calls')) addCall(reading.calls, call)
  reading.reason = textAt(choice, 'finish_reason') ?? reading.reason
  reading.nativeReason = textAt(choice, 'native_finish_reason') ?? reading.nativeReason
  return parts
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

function finishReason({ reason, nativeReason, refused }: Reading): FinishReason {
  if (refused) return 'refusal'
  const told = lookUp(finishReasons, reason) ?? 'stop'
  if (cuts.has(told)) return told
  // Some gateways say that a tool is called where the limit has cut off the call.
  return lookUp(finishReasons, nativeReason?.toLowerCase()) === 'length' ? 'length' : told
}

/** Whole calls go out before the failure of another one. */
function* end(reading: Reading, isComplete: boolean, options: ChatStreamOptions): Iterable<ResponsePart> {
  const { provider, model, toolNames } = options
  const usage = usageOf(reading)
  if (usage !== undefined) yield { type: 'usage', usage }
  if (!isComplete) return
  const value = reading.reasoning.state()
  if (value !== undefined) yield { type: 'reasoning', text: '', state: { provider, model, value } }
  const reason = finishReason(reading)
  const { calls, broken } = reading.calls.finish(cuts.has(reason))
  for (const { call, beside } of calls) {
    if (beside !== undefined) yield keepBeside(call.callId, beside, options)
    yield { ...call, name: toolNames.fromWire(call.name) }
  }
  if (broken !== undefined && !cuts.has(reason)) throw broken
  yield { type: 'finish', reason: calls.length > 0 && reason === 'stop' ? 'toolCalls' : reason }
}
