import type { Anthropic } from '@anthropic-ai/sdk'
import type { ReasoningState, ResponsePart } from '../../core/chat.js'
import type { ModelError } from '../../core/errors.js'
import { isRecord } from '../../core/json.js'
import type { EventReader } from '../shared/answer.js'
import { grow } from '../shared/answerLimits.js'
import { failedEnding, readEnding } from '../shared/finishReasons.js'
import { arrayAt, numberAt, recordAt, textAt } from '../shared/json.js'
import { createJsonText, isBlank, type JsonText } from '../shared/jsonText.js'
import { createSourceList } from '../shared/sources.js'
import type { Subject } from '../shared/subject.js'
import { toldError } from '../shared/toldErrors.js'
import { readToolInput, type TakenIds, takeId, unclearCalls } from '../shared/toolCalls.js'
import type { ToolNames } from '../shared/toolSchema.js'
import { createUsageReader } from './usage.js'

type StreamEvent = Anthropic.RawMessageStreamEvent

type OpenBlock =
  | { readonly type: 'text' }
  | { readonly type: 'thinking'; thinking: string; signature: string }
  | { readonly type: 'redacted'; readonly data: string }
  | {
      readonly type: 'toolUse'
      readonly id: string | undefined
      readonly name: string
      /** Of servers that give it at once. */
      readonly input: unknown
      json: string
      readonly progress: JsonText['progress']
      readonly add: JsonText['add']
    }

type StartedBlock = Anthropic.RawContentBlockStartEvent['content_block']

/** Undefined for blocks of Anthropic's own tools, which nobody here asks for. */
function openBlock(block: StartedBlock): OpenBlock | undefined {
  if (block.type === 'text') return { type: 'text' }
  if (block.type === 'thinking') {
    return {
      type: 'thinking',
      thinking: textAt(block, 'thinking') ?? '',
      signature: textAt(block, 'signature') ?? '',
    }
  }
  if (block.type === 'redacted_thinking') {
    const data = textAt(block, 'data')
    return data === undefined ? undefined : { type: 'redacted', data }
  }
  if (block.type !== 'tool_use') return undefined
  const { input } = block
  const isWhole = typeof input === 'string' || (isRecord(input) && Object.keys(input).length > 0)
  return {
    type: 'toolUse',
    id: textAt(block, 'id'),
    name: textAt(block, 'name') ?? '',
    input: isWhole ? input : undefined,
    json: '',
    ...createJsonText(),
  }
}

function startParts(block: StartedBlock): ResponsePart[] {
  const text = block.type === 'text' ? textAt(block, 'text') : undefined
  if (text !== undefined) return [{ type: 'text', text }]
  const thinking = block.type === 'thinking' ? textAt(block, 'thinking') : undefined
  return thinking === undefined ? [] : [{ type: 'reasoning', text: thinking }]
}

/** Some servers send the arguments as they are, not as JSON in a string. */
function pieceOf(delta: { readonly partial_json?: unknown }): string {
  const piece = delta.partial_json ?? ''
  return typeof piece === 'string' ? piece : JSON.stringify(piece)
}

function applyDelta(
  block: OpenBlock,
  delta: Anthropic.RawContentBlockDelta,
  subject: Subject,
): ResponsePart[] {
  if (block.type === 'text' && delta.type === 'text_delta') {
    const text = textAt(delta, 'text')
    return text === undefined ? [] : [{ type: 'text', text }]
  }
  if (block.type === 'thinking' && delta.type === 'thinking_delta') {
    const text = textAt(delta, 'thinking')
    if (text === undefined) return []
    block.thinking = grow(block.thinking, text, subject, 'reasoning')
    return [{ type: 'reasoning', text }]
  }
  if (block.type === 'thinking' && delta.type === 'signature_delta')
    block.signature = textAt(delta, 'signature') ?? block.signature
  if (block.type === 'toolUse' && delta.type === 'input_json_delta') {
    const json = pieceOf(delta)
    block.json = grow(block.json, json, subject, 'input')
    block.add(json)
  }
  return []
}

/** The whole block is kept, not its signature alone: it must go back exactly as it came. */
function reasoningState(
  block: OpenBlock,
  { subject: { provider }, model }: MessageReaderOptions,
): ReasoningState | undefined {
  if (block.type === 'redacted') {
    return { provider, model, value: { type: 'redacted_thinking', data: block.data } }
  }
  if (block.type !== 'thinking' || block.signature === '') return undefined
  const { thinking, signature } = block
  return { provider, model, value: { type: 'thinking', thinking, signature } }
}

export interface MessageReaderOptions {
  readonly subject: Subject
  /** The id that reasoning state is bound to. */
  readonly model: string
  readonly names: ToolNames
  /** Ids of the conversation's calls. */
  readonly callIds: TakenIds
  /** Makes the error of an error object. */
  readonly bodyError: (body: unknown) => ModelError
}

interface BlockReader {
  start(event: Anthropic.RawContentBlockStartEvent): ResponsePart[]
  delta(event: Anthropic.RawContentBlockDeltaEvent): ResponsePart[]
  stop(event: Anthropic.RawContentBlockStopEvent): ResponsePart[]
  isOpen(): boolean
  calls(): number
  /** The ModelError of a tool call that is none, or of calls that cannot be told apart. */
  broken(): unknown
}

type ToolUse = Extract<OpenBlock, { type: 'toolUse' }>

function createCallReader({ subject, names, callIds }: MessageReaderOptions) {
  let broken: unknown
  let isUnclear = false
  let calls = 0
  return {
    close(block: ToolUse): ResponsePart[] {
      const name = names.fromWire(block.name)
      isUnclear ||= name === ''
      if (isUnclear) return []
      try {
        const input = readToolInput(subject, name, block.json === '' ? block.input : block.json)
        calls += 1
        return [{ type: 'toolCall', callId: takeId(block.id, callIds), name, input }]
      } catch (thrown) {
        broken ??= thrown
        return []
      }
    },
    mixUp: () => void (isUnclear = true),
    calls: () => calls,
    broken: () => (isUnclear ? unclearCalls(subject) : broken),
  }
}

/** Whether another block may begin under a number whose block has had no end. */
function isWholeBlock(block: OpenBlock | undefined): boolean {
  if (block?.type !== 'toolUse') return true
  return block.json === '' ? block.input !== undefined : block.progress() === 'whole'
}

function createBlockReader(options: MessageReaderOptions): BlockReader {
  const blocks = new Map<number | undefined, OpenBlock>()
  /** Numbers of blocks of Anthropic's own tools. */
  const foreign = new Set<number | undefined>()
  const called = createCallReader(options)

  const close = (index: number | undefined): ResponsePart[] => {
    const block = blocks.get(index)
    blocks.delete(index)
    foreign.delete(index)
    if (block?.type === 'toolUse') return called.close(block)
    const state = block === undefined ? undefined : reasoningState(block, options)
    return state === undefined ? [] : [{ type: 'reasoning', text: '', state }]
  }

  return {
    start(event) {
      const index = numberAt(event, 'index')
      if (!isWholeBlock(blocks.get(index))) called.mixUp()
      const before = close(index)
      const block = openBlock(event.content_block)
      if (block === undefined) foreign.add(index)
      else blocks.set(index, block)
      return [...before, ...startParts(event.content_block)]
    },
    delta(event) {
      const index = numberAt(event, 'index')
      const block = blocks.get(index)
      const isInput =
        event.delta.type === 'input_json_delta' && !isBlank(textAt(event.delta, 'partial_json') ?? '')
      // Arguments of no call: one of the others may be without its own.
      if (isInput && block?.type !== 'toolUse' && !foreign.has(index)) called.mixUp()
      return block === undefined ? [] : applyDelta(block, event.delta, options.subject)
    },
    stop: (event) => close(numberAt(event, 'index')),
    isOpen: () => blocks.size > 0,
    calls: () => called.calls(),
    broken: () => called.broken(),
  }
}

/** Turns one message's events into parts; `usage` and `finish` come only with the message's own end. */
export function createMessageReader(options: MessageReaderOptions): EventReader {
  const blocks = createBlockReader(options)
  const usage = createUsageReader()
  let stopReason: string | undefined
  let detail: string | undefined
  const sources = createSourceList()
  let isEnded = false

  function* end(): Iterable<ResponsePart> {
    const ending = readEnding(stopReason)
    const isFailure = typeof ending === 'object'
    // The block that was cut may be left open. A call that was cut is half a call, and never run.
    const wasCut = isFailure || ending === 'length' || ending === 'refusal' || ending === 'contentFilter'
    if (ending === undefined || (blocks.isOpen() && !wasCut)) return
    isEnded = true
    const told = usage.usage()
    if (told !== undefined) yield { type: 'usage', usage: told }
    if (isFailure) throw failedEnding(options.subject, ending)
    if (blocks.broken() !== undefined && !wasCut) throw blocks.broken()
    yield* sources.parts()
    const reason = ending === 'stop' && blocks.calls() > 0 ? 'toolCalls' : ending
    yield { type: 'finish', reason, ...(detail === undefined ? {} : { detail }) }
  }

  const read = (event: StreamEvent): Iterable<ResponsePart> => {
    if (event.type === 'content_block_delta') {
      if (event.delta.type === 'citations_delta') sources.add([event.delta.citation])
      return blocks.delta(event)
    }
    if (event.type === 'content_block_start') {
      sources.add(arrayAt(event.content_block, 'citations'))
      return blocks.start(event)
    }
    if (event.type === 'content_block_stop') return blocks.stop(event)
    if (event.type === 'message_start') usage.read(recordAt(event, 'message')['usage'], false)
    if (event.type === 'message_delta') {
      stopReason = textAt(event.delta, 'stop_reason') ?? stopReason
      const details = recordAt(event.delta, 'stop_details')
      detail = textAt(details, 'explanation') ?? textAt(details, 'category')?.replaceAll('_', ' ') ?? detail
      usage.read(event.usage, true)
    }
    return event.type === 'message_stop' ? end() : nothing
  }

  return {
    isTold: () => isEnded,
    usage: () => usage.usage(),
    read(event, name) {
      if (isEnded) return nothing
      const told = toldError(event, name)
      if (told !== undefined) throw options.bodyError(told)
      return isRecord(event) && isStreamEvent(event) ? read(event) : nothing
    },
  }
}

const nothing: readonly ResponsePart[] = []

const eventTypes = new Set<unknown>([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
])

/** By its name; what it lacks of its members makes reading it fail. */
function isStreamEvent(event: object): event is StreamEvent {
  return 'type' in event && eventTypes.has(event.type)
}
