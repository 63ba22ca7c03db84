import type { FinishReason, ResponsePart, ToolCallPart } from '../../core/chat.js'
import type { ModelError } from '../../core/errors.js'
import { isRecord, type JsonRecord, parseJson } from '../../core/json.js'
import type { Usage } from '../../core/model.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { noUsage } from '../../core/usage/sumUsage.js'
import type { EventReader } from '../shared/answer.js'
import { estimateUsage } from '../shared/estimate.js'
import { arrayAt, lookUp, numberAt, recordAt, textAt } from '../shared/json.js'
import { nextId } from '../shared/toolCalls.js'

const finishReasons: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }

function readInput(value: unknown): JsonRecord {
  if (isRecord(value)) return value
  const parsed = typeof value === 'string' ? parseJson(value) : undefined
  return isRecord(parsed) ? parsed : {}
}

function toToolCalls(message: JsonRecord, newId: () => string): ToolCallPart[] {
  return arrayAt(message, 'tool_calls').flatMap((call): ToolCallPart[] => {
    const called = recordAt(call, 'function')
    const name = textAt(called, 'name')
    if (name === undefined) return []
    const callId = textAt(call, 'id') ?? newId()
    return [{ type: 'toolCall', callId, name, input: readInput(called.arguments) }]
  })
}

/** A server that has the whole prompt in its cache may leave the prompt's count out. */
function readUsage(chunk: JsonRecord, written: number, request: ProviderChatRequest): Usage {
  const input = numberAt(chunk, 'prompt_eval_count')
  const output = numberAt(chunk, 'eval_count')
  if (input !== undefined && output !== undefined) {
    return { ...noUsage, inputTokens: input, outputTokens: output }
  }
  const estimate = estimateUsage(request, written)
  return {
    ...estimate,
    inputTokens: input ?? estimate.inputTokens,
    outputTokens: output ?? estimate.outputTokens,
    guessed: [
      ...(input === undefined ? (['inputTokens'] as const) : []),
      ...(output === undefined ? (['outputTokens'] as const) : []),
    ],
  }
}

function readFinish(chunk: JsonRecord, calls: number): FinishReason {
  const reason = lookUp(finishReasons, textAt(chunk, 'done_reason')) ?? 'stop'
  return reason === 'stop' && calls > 0 ? 'toolCalls' : reason
}

function callIdsOf({ messages }: ProviderChatRequest): Set<string | undefined> {
  return new Set(
    messages.flatMap(({ content }) => content.flatMap((part) => ('callId' in part ? [part.callId] : []))),
  )
}

/** The thinking as a whole, once something else follows it: the model may want it back with its tool results. */
function createThinkingKeeper(model: string) {
  let thinking = ''
  return {
    add: (text: string) => void (thinking += text),
    close(): ResponsePart[] {
      if (thinking === '') return []
      const state = { provider: 'ollama', model, value: { thinking } }
      thinking = ''
      return [{ type: 'reasoning', text: '', state }]
    },
  }
}

/**
 * Older servers give calls no ids: theirs are counted on from the conversation's, the same on every reading. `usage` and
 * `finish` come with the line marked `done`.
 */
export function createChatReader(
  request: ProviderChatRequest,
  bodyError: (body: unknown) => ModelError,
): EventReader {
  const taken = callIdsOf(request)
  const thinking = createThinkingKeeper(request.model.id)
  let isDone = false
  let written = 0
  let calls = 0

  const read = (chunk: JsonRecord): readonly ResponsePart[] => {
    const message = recordAt(chunk, 'message')
    const parts: ResponsePart[] = []
    const thought = textAt(message, 'thinking')
    const content = textAt(message, 'content')
    const toolCalls = toToolCalls(message, () => nextId(taken))
    if (thought !== undefined) {
      parts.push({ type: 'reasoning', text: thought })
      thinking.add(thought)
    }
    isDone = chunk.done === true
    if (content !== undefined || toolCalls.length > 0 || isDone) parts.push(...thinking.close())
    if (content !== undefined) parts.push({ type: 'text', text: content })
    written += (thought?.length ?? 0) + (content?.length ?? 0)
    calls += toolCalls.length
    parts.push(...toolCalls)
    if (!isDone) return parts
    parts.push({ type: 'usage', usage: readUsage(chunk, written, request) })
    parts.push({ type: 'finish', reason: readFinish(chunk, calls) })
    return parts
  }

  return {
    isTold: () => isDone,
    read(chunk) {
      if (isDone || !isRecord(chunk)) return []
      if (chunk['error'] !== undefined) throw bodyError(chunk)
      return read(chunk)
    },
  }
}
