import type { FinishReason, ResponsePart } from '../../../core/chat.js'
import type { Usage } from '../../../core/model.js'
import { arrayAt, isRecord, type JsonRecord, lookUp, numberAt, recordAt, textAt } from '../json.js'
import { forgiveLateFailure } from '../lateFailure.js'
import { createToolCallAssembly, type ToolCallAssembly } from '../toolCalls.js'
import type { ToolNames } from '../toolSchema.js'
import type { Transport } from '../transport.js'
import { createReasoningReader, type ReasoningReader } from './reasoning.js'
import { readUsage } from './usage.js'

export interface ChatStreamOptions {
  readonly provider: string
  readonly model: string
  readonly transport: Transport
  readonly toolNames: ToolNames
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
  tool_calls: 'toolCalls',
  tool_use: 'toolCalls',
  function_call: 'toolCalls',
  content_filter: 'contentFilter',
  refusal: 'refusal',
}

/** Reasons by which a server says that it gave up. */
const failures = new Set(['error', 'abort', 'aborted', 'insufficient_system_resource'])

/** How long a server without an end marker may take to count its tokens. */
const afterReasonMs = 5_000

interface Reading {
  readonly calls: ToolCallAssembly
  readonly reasoning: ReasoningReader
  usage: Usage | undefined
  reason: string | undefined
  refused: boolean
}

/** Parts of a Chat Completions stream; `finish` comes only after the server's own end. */
export async function* readChatStream(
  events: AsyncIterable<unknown>,
  options: ChatStreamOptions,
): AsyncIterable<ResponsePart> {
  const { transport } = options
  const reading: Reading = {
    calls: createToolCallAssembly(transport.subject),
    reasoning: createReasoningReader(),
    usage: undefined,
    reason: undefined,
    refused: false,
  }
  const isTold = (): boolean => options.endMarker === 'finishReason' && reading.reason !== undefined
  for await (const event of forgiveLateFailure(events, transport, isTold)) {
    const groq = recordAt(event, 'x_groq')
    const error = groq['error'] ?? (isRecord(event) ? event['error'] : undefined)
    if (error !== undefined && error !== null) throw transport.bodyError({ error })
    reading.usage = readUsage(recordAt(event, 'usage')) ?? readUsage(groq['usage']) ?? reading.usage
    const choice = arrayAt(event, 'choices').find((each) => (numberAt(each, 'index') ?? 0) === 0)
    if (choice !== undefined) yield* readChoice(choice, reading)
    if (isTold()) transport.endWithin(afterReasonMs)
  }
  const isComplete = transport.sawDone() || isTold()
  yield* end(reading, isComplete && !failures.has(reading.reason ?? ''), options)
}

function* readChoice(choice: unknown, reading: Reading): Iterable<ResponsePart> {
  // Some servers put a whole message where a delta belongs.
  const delta = isRecord(choice) && isRecord(choice['delta']) ? choice['delta'] : recordAt(choice, 'message')
  yield* reading.reasoning.read(delta)
  const content = delta['content']
  for (const text of typeof content === 'string' ? [content] : contentTexts(delta)) {
    if (text !== '') yield { type: 'text', text }
  }
  const refusal = textAt(delta, 'refusal')
  if (refusal !== undefined) {
    reading.refused = true
    yield { type: 'text', text: refusal }
  }
  for (const call of arrayAt(delta, 'tool_calls')) addCall(reading.calls, call)
  reading.reason = textAt(choice, 'finish_reason') ?? reading.reason
}

/** `content` as a list of pieces. */
function contentTexts(delta: JsonRecord): readonly string[] {
  return arrayAt(delta, 'content').flatMap((piece) => textAt(piece, 'text') ?? [])
}

function addCall(calls: ToolCallAssembly, call: unknown): void {
  const called = recordAt(call, 'function')
  const index = numberAt(call, 'index')
  const id = textAt(call, 'id')
  const name = textAt(called, 'name')
  calls.add({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    input: called['arguments'],
  })
}

function* end(reading: Reading, isComplete: boolean, options: ChatStreamOptions): Iterable<ResponsePart> {
  const { provider, model, toolNames } = options
  if (reading.usage !== undefined) yield { type: 'usage', usage: reading.usage }
  if (!isComplete) return
  const value = reading.reasoning.state()
  if (value !== undefined) yield { type: 'reasoning', text: '', state: { provider, model, value } }
  const reason = reading.refused ? 'refusal' : (lookUp(finishReasons, reading.reason) ?? 'stop')
  // What the limit cut off is no call.
  const calls = reason === 'length' ? [] : reading.calls.finish()
  for (const call of calls) yield { ...call, name: toolNames.fromWire(call.name) }
  yield { type: 'finish', reason: calls.length > 0 && reason === 'stop' ? 'toolCalls' : reason }
}
