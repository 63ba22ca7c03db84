import type { ReasoningState, ResponsePart } from '../../core/chat.js'
import { compact } from '../../core/compact.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { Usage } from '../../core/model.js'
import type { EventReader } from '../shared/answer.js'
import { grow } from '../shared/answerLimits.js'
import { readBilledUsd } from '../shared/bill.js'
import { accuracyOf } from '../shared/estimate.js'
import { type Ending, failedEnding, readEnding } from '../shared/finishReasons.js'
import { arrayAt, lookUp, numberAt, recordAt, textAt } from '../shared/json.js'
import { readServiceTier } from '../shared/serviceTier.js'
import { createSourceList, type SourceList } from '../shared/sources.js'
import { toldError } from '../shared/toldErrors.js'
import type { TakenIds } from '../shared/toolCalls.js'
import type { ToolNames } from '../shared/toolSchema.js'
import type { Transport } from '../shared/transport.js'
import { type CallDeltas, createResponseCalls, type ResponseCalls } from './calls.js'
import type { KeptItem } from './input.js'

export interface ResponsesStreamOptions {
  readonly connection: string
  readonly model: string
  readonly transport: Transport
  readonly toolNames: ToolNames
  /** Ids of the conversation's calls. */
  readonly callIds: TakenIds
}

/**
 * What has been seen of one output item. Proxies give every event a new item id: the index is what holds. Servers
 * without an index, such as llama-server, keep to the id.
 */
interface Item extends CallDeltas {
  hasText: boolean
  hasReasoning: boolean
  /** Which of the two reasoning texts is shown; a server may send both. */
  reasoningKind: string | undefined
  isDone: boolean
}

interface Reading {
  readonly items: Map<number | string, Item>
  readonly options: ResponsesStreamOptions
  readonly calls: ResponseCalls
  usage: Usage | undefined
  readonly sources: SourceList
  refused: boolean
  /** The terminal event came; there is no end marker behind it. */
  isTold: boolean
}

type Handler = (event: JsonRecord, reading: Reading) => Iterable<ResponsePart>

const handlers: Readonly<Record<string, Handler>> = {
  'response.output_text.delta': (event, reading) => readText(event, reading),
  'response.refusal.delta': (event, reading) => {
    reading.refused = true
    return readText(event, reading)
  },
  'response.reasoning_summary_part.added': (event, reading) =>
    (numberAt(event, 'summary_index') ?? 0) > 0
      ? readReasoning({ ...event, delta: '\n\n' }, 'summary', reading)
      : [],
  'response.reasoning_summary_text.delta': (event, reading) => readReasoning(event, 'summary', reading),
  'response.reasoning_text.delta': (event, reading) => readReasoning(event, 'text', reading),
  'response.output_text.annotation.added': (event, { sources }) => {
    sources.add([event['annotation']])
    return []
  },
  'response.function_call_arguments.delta': (event, reading) => {
    const item = itemOf(event, reading)
    const { subject } = reading.options.transport
    item.input = grow(item.input, textAt(event, 'delta') ?? '', subject, 'input')
    return []
  },
  'response.output_item.added': (event, reading) => {
    const wire = recordAt(event, 'item')
    if (wire['type'] === 'function_call') itemOf(event, reading).begun = wire
    return []
  },
  'response.output_item.done': (event, reading) =>
    readItem(recordAt(event, 'item'), itemOf(event, reading), reading),
  'response.completed': (event, reading) => readEnd(recordAt(event, 'response'), reading),
  'response.incomplete': (event, reading) => readEnd(recordAt(event, 'response'), reading),
  'response.failed': (event, reading) => {
    const { options } = reading
    reading.usage = readUsageOf(recordAt(event, 'response'))
    throw options.transport.bodyError({ error: recordAt(event, 'response')['error'] ?? {} })
  },
}

/** Reads a Responses stream; `finish` comes only with the terminal event. */
export function createResponsesReader(options: ResponsesStreamOptions): EventReader {
  const { transport, toolNames, callIds } = options
  const { subject } = transport
  const reading: Reading = {
    items: new Map(),
    sources: createSourceList(),
    options,
    calls: createResponseCalls({ subject, names: toolNames, taken: callIds }),
    usage: undefined,
    refused: false,
    isTold: false,
  }
  return {
    isTold: () => reading.isTold,
    usage: () => reading.usage,
    read(event, name) {
      // Flat in the SDK's types, nested on the wire; and a proxy has errors of its own, in the shape of another API.
      const told = toldError(event, name)
      if (told !== undefined) throw transport.bodyError(told)
      const handler = lookUp(handlers, textAt(event, 'type'))
      return handler === undefined || !isRecord(event) ? nothing : handler(event, reading)
    },
  }
}

const nothing: readonly ResponsePart[] = []

function itemOf(event: JsonRecord, { items }: Reading): Item {
  const id = textAt(event, 'item_id') ?? textAt(recordAt(event, 'item'), 'id')
  const index = numberAt(event, 'output_index') ?? id ?? 0
  const known = items.get(index)
  if (known !== undefined) return known
  const item: Item = {
    hasText: false,
    hasReasoning: false,
    reasoningKind: undefined,
    input: '',
    ended: 0,
    begun: undefined,
    isDone: false,
  }
  items.set(index, item)
  return item
}

function readText(event: JsonRecord, reading: Reading): readonly ResponsePart[] {
  const text = textAt(event, 'delta')
  if (text === undefined) return nothing
  itemOf(event, reading).hasText = true
  return [{ type: 'text', text }]
}

function readReasoning(event: JsonRecord, kind: string, reading: Reading): readonly ResponsePart[] {
  const item = itemOf(event, reading)
  const text = textAt(event, 'delta')
  item.reasoningKind ??= kind
  if (text === undefined || item.reasoningKind !== kind) return nothing
  item.hasReasoning = true
  return [{ type: 'reasoning', text }]
}

/** An item that is whole; what no delta brought is said now. */
function* readItem(wire: JsonRecord, item: Item, reading: Reading): Iterable<ResponsePart> {
  const isCall = wire['type'] === 'function_call'
  if (item.isDone && !isCall) return
  item.isDone = true
  if (wire['status'] === 'incomplete' && wire['type'] !== 'message') return
  if (isCall) yield* reading.calls.read(wire, item)
  else if (wire['type'] === 'reasoning') {
    yield {
      type: 'reasoning',
      text: item.hasReasoning ? '' : textsOf(wire, 'summary'),
      state: keep(wire, reading),
    }
  } else if (wire['type'] === 'message') {
    for (const piece of arrayAt(wire, 'content')) reading.sources.add(arrayAt(piece, 'annotations'))
    const text = item.hasText ? '' : textsOf(wire, 'content')
    if (text !== '') yield { type: 'text', text }
    const phase = textAt(wire, 'phase')
    // The model wants to be told again which of its texts were the answer.
    if (phase !== undefined)
      yield { type: 'reasoning', text: '', state: keep({ type: 'message', phase }, reading) }
  }
}

function keep(item: JsonRecord, { options }: Reading): ReasoningState {
  const value: KeptItem = { connection: options.connection, item }
  return { provider: options.transport.subject.provider, model: options.model, value }
}

function textsOf(wire: JsonRecord, key: string): string {
  return arrayAt(wire, key)
    .flatMap((piece) => textAt(piece, 'text') ?? textAt(piece, 'refusal') ?? [])
    .join('\n\n')
}

/** Some servers send every response as completed, and tell by its status alone that it was cut or failed. */
function endingOf(response: JsonRecord): Ending | undefined {
  const cut = readEnding(textAt(recordAt(response, 'incomplete_details'), 'reason'))
  const status = textAt(response, 'status')
  return cut ?? (status === 'incomplete' ? 'length' : readEnding(status))
}

/** Whole calls go out before the failure of another one; what a limit cut off is none. */
function* readEnd(response: JsonRecord, reading: Reading): Iterable<ResponsePart> {
  if (reading.isTold) return
  reading.isTold = true
  reading.usage = readUsageOf(response)
  if (reading.usage !== undefined) yield { type: 'usage', usage: reading.usage }
  const { calls, items } = reading
  const output = arrayAt(response, 'output').filter(isRecord)
  // Some proxies leave the items' own ends out, and tell all of them here.
  const isTold = [...items.values()].some((item) => item.isDone)
  for (const [index, wire] of isTold ? [] : output.entries()) {
    const place = items.has(textAt(wire, 'id') ?? index) ? { item: wire } : { output_index: index }
    yield* readItem(wire, itemOf(place, reading), reading)
  }
  const ending = endingOf(response) ?? 'stop'
  const isWhole = ending === 'stop' || ending === 'other' || ending === 'toolCalls'
  const whole = output.filter((wire) => wire['type'] === 'function_call' && wire['status'] !== 'incomplete')
  yield* calls.readRest(whole, isWhole ? items.values() : [])
  if (typeof ending === 'object') throw failedEnding(reading.options.transport.subject, ending)
  if (calls.broken() !== undefined && isWhole) throw calls.broken()
  const ended = reading.refused ? 'refusal' : calls.count() > 0 ? 'toolCalls' : 'stop'
  yield* reading.sources.parts()
  yield { type: 'finish', reason: ending === 'stop' ? ended : ending }
}

function readUsageOf(response: JsonRecord): Usage | undefined {
  const usage = readResponsesUsage(response['usage'])
  const serviceTier = readServiceTier(response['service_tier'])
  return usage === undefined ? undefined : { ...usage, ...compact({ serviceTier }) }
}

/** Cached and reasoning tokens are parts of the two totals. */
function readResponsesUsage(value: unknown): Usage | undefined {
  const input = numberAt(value, 'input_tokens')
  const output = numberAt(value, 'output_tokens')
  if (input === undefined && output === undefined) return undefined
  const details = recordAt(value, 'input_tokens_details')
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cacheReadInputTokens: numberAt(details, 'cached_tokens') ?? 0,
    cacheWriteInputTokens: numberAt(details, 'cache_write_tokens') ?? 0,
    reasoningOutputTokens: numberAt(recordAt(value, 'output_tokens_details'), 'reasoning_tokens') ?? 0,
    ...accuracyOf(input, output),
    ...compact({ billedUsd: readBilledUsd(value) }),
  }
}
