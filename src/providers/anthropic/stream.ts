import type { Anthropic } from '@anthropic-ai/sdk'
import type { FinishReason, ReasoningState, ResponsePart } from '../../core/chat.js'
import type { ModelError } from '../../core/errors.js'
import { isRecord } from '../../core/json.js'
import type { EventReader } from '../shared/answer.js'
import { lookUp } from '../shared/json.js'
import type { Subject } from '../shared/subject.js'
import { parseToolInput } from '../shared/toolCalls.js'
import type { ToolNames } from '../shared/toolSchema.js'
import { createUsageReader } from './usage.js'

type StreamEvent = Anthropic.RawMessageStreamEvent

type OpenBlock =
  | { readonly type: 'text' }
  | { readonly type: 'thinking'; thinking: string; signature: string }
  | { readonly type: 'redacted'; readonly data: string }
  | {
      readonly type: 'toolUse'
      readonly id: string
      readonly name: string
      readonly input: unknown
      json: string
    }

const finishReasons: Readonly<Record<Anthropic.StopReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'toolCalls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
}

type StartedBlock = Anthropic.RawContentBlockStartEvent['content_block']

/** Undefined for blocks of Anthropic's own tools, which nobody here asks for. */
function openBlock(block: StartedBlock): OpenBlock | undefined {
  if (block.type === 'text') return { type: 'text' }
  if (block.type === 'thinking') {
    return { type: 'thinking', thinking: block.thinking ?? '', signature: block.signature ?? '' }
  }
  if (block.type === 'redacted_thinking') return { type: 'redacted', data: block.data }
  if (block.type !== 'tool_use') return undefined
  return { type: 'toolUse', id: block.id, name: block.name, input: block.input, json: '' }
}

function startParts(block: StartedBlock): ResponsePart[] {
  if (block.type === 'text' && block.text) return [{ type: 'text', text: block.text }]
  if (block.type === 'thinking' && block.thinking) return [{ type: 'reasoning', text: block.thinking }]
  return []
}

function applyDelta(block: OpenBlock, delta: Anthropic.RawContentBlockDelta): ResponsePart[] {
  if (block.type === 'text' && delta.type === 'text_delta') return [{ type: 'text', text: delta.text }]
  if (block.type === 'thinking' && delta.type === 'thinking_delta') {
    block.thinking += delta.thinking
    return [{ type: 'reasoning', text: delta.thinking }]
  }
  if (block.type === 'thinking' && delta.type === 'signature_delta') block.signature = delta.signature
  if (block.type === 'toolUse' && delta.type === 'input_json_delta') block.json += delta.partial_json
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
  /** Makes the error of an error object. */
  readonly bodyError: (body: unknown) => ModelError
}

interface BlockReader {
  start(event: Anthropic.RawContentBlockStartEvent): ResponsePart[]
  delta(event: Anthropic.RawContentBlockDeltaEvent): ResponsePart[]
  stop(event: Anthropic.RawContentBlockStopEvent): ResponsePart[]
  isOpen(): boolean
  calls(): number
  /** The error of a tool call whose arguments are no JSON object. */
  broken(): unknown
}

function createBlockReader(options: MessageReaderOptions): BlockReader {
  const { subject, names } = options
  const blocks = new Map<number, OpenBlock>()
  let broken: unknown
  let calls = 0

  const closeToolUse = (block: Extract<OpenBlock, { type: 'toolUse' }>): ResponsePart[] => {
    const name = names.fromWire(block.name)
    try {
      const whole = block.json === '' && isRecord(block.input) ? block.input : undefined
      const input = whole ?? parseToolInput(subject, name, block.json)
      calls += 1
      return [{ type: 'toolCall', callId: block.id, name, input }]
    } catch (thrown) {
      broken = thrown
      return []
    }
  }

  return {
    start({ index, content_block }) {
      const block = openBlock(content_block)
      if (block !== undefined) blocks.set(index, block)
      return startParts(content_block)
    },
    delta({ index, delta }) {
      const block = blocks.get(index)
      return block === undefined ? [] : applyDelta(block, delta)
    },
    stop({ index }) {
      const block = blocks.get(index)
      blocks.delete(index)
      if (block?.type === 'toolUse') return closeToolUse(block)
      const state = block === undefined ? undefined : reasoningState(block, options)
      return state === undefined ? [] : [{ type: 'reasoning', text: '', state }]
    },
    isOpen: () => blocks.size > 0,
    calls: () => calls,
    broken: () => broken,
  }
}

/** Turns one message's events into parts; `usage` and `finish` come only with the message's own end. */
export function createMessageReader(options: MessageReaderOptions): EventReader {
  const blocks = createBlockReader(options)
  const usage = createUsageReader()
  let stopReason: Anthropic.StopReason | undefined
  let isEnded = false

  const end = (): readonly ResponsePart[] => {
    if (stopReason === undefined || blocks.isOpen()) return nothing
    isEnded = true
    const reason = lookUp(finishReasons, stopReason) ?? 'stop'
    // A call cut off by the output limit is half a call: the finish reason says so, nobody may run it.
    const wasCut = reason === 'length' || reason === 'refusal'
    if (blocks.broken() !== undefined && !wasCut) throw blocks.broken()
    return [
      { type: 'usage', usage: usage.usage() },
      { type: 'finish', reason: reason === 'stop' && blocks.calls() > 0 ? 'toolCalls' : reason },
    ]
  }

  const read = (event: StreamEvent): readonly ResponsePart[] => {
    if (event.type === 'content_block_delta') return blocks.delta(event)
    if (event.type === 'content_block_start') return blocks.start(event)
    if (event.type === 'content_block_stop') return blocks.stop(event)
    if (event.type === 'message_start') usage.read(event.message.usage)
    if (event.type === 'message_delta') {
      stopReason = event.delta.stop_reason ?? stopReason
      usage.read(event.usage)
    }
    return event.type === 'message_stop' ? end() : nothing
  }

  return {
    isTold: () => isEnded,
    read(event, name) {
      if (isEnded || !isRecord(event)) return nothing
      if (event['type'] === 'error' || isRecord(event['error'])) throw options.bodyError(event)
      if (name === 'error') throw options.bodyError({ error: event })
      return isStreamEvent(event) ? read(event) : nothing
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
