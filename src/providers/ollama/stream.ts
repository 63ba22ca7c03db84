import type { ResponsePart, ToolCallPart } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { Usage } from '../../core/model.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { noUsage } from '../../core/usage/sumUsage.js'
import type { EventReader } from '../shared/answer.js'
import { grow } from '../shared/answerLimits.js'
import { estimateUsage } from '../shared/estimate.js'
import { readEnding } from '../shared/finishReasons.js'
import { arrayAt, numberAt, recordAt, textAt } from '../shared/json.js'
import type { Subject } from '../shared/subject.js'
import { toldError } from '../shared/toldErrors.js'
import { callIdsOf, nextId, readToolInput, type TakenIds } from '../shared/toolCalls.js'
import type { Transport } from '../shared/transport.js'

interface CallReader {
  read(message: JsonRecord): readonly ToolCallPart[]
  count(): number
  /** The ModelError of a call that is none. */
  broken(): unknown
}

/** Older servers give calls no ids: theirs are counted on from the conversation's, the same on every reading. */
function createCallReader(subject: Subject, taken: TakenIds): CallReader {
  /** Of servers that give them. */
  const given = new Set<string | undefined>()
  let count = 0
  let broken: unknown
  const idOf = (id: string | undefined): string => {
    const isFree = id !== undefined && !taken.has(id) && !given.has(id)
    if (isFree) given.add(id)
    if (isFree) return id
    const made = nextId(taken)
    return given.has(made) ? idOf(undefined) : made
  }
  const toToolCall = (call: unknown): ToolCallPart[] => {
    const called = recordAt(call, 'function')
    const name = textAt(called, 'name')
    if (name === undefined) return []
    try {
      const input = readToolInput(subject, name, called['arguments'])
      count += 1
      return [{ type: 'toolCall', callId: idOf(textAt(call, 'id')), name, input }]
    } catch (thrown) {
      broken ??= thrown
      return []
    }
  }
  return {
    read: (message) => arrayAt(message, 'tool_calls').flatMap(toToolCall),
    count: () => count,
    broken: () => broken,
  }
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

/** The thinking as a whole, once something else follows it: the model may want it back with its tool results. */
function createThinkingKeeper(model: string, subject: Subject) {
  let thinking = ''
  return {
    add: (text: string) => void (thinking = grow(thinking, text, subject, 'reasoning')),
    close(): ResponsePart[] {
      if (thinking === '') return []
      const state = { provider: 'ollama', model, value: { thinking } }
      thinking = ''
      return [{ type: 'reasoning', text: '', state }]
    },
  }
}

/** `usage` and `finish` come with the line marked `done`. */
export function createChatReader(
  request: ProviderChatRequest,
  { subject, bodyError }: Pick<Transport, 'subject' | 'bodyError'>,
): EventReader {
  const calls = createCallReader(subject, callIdsOf(request))
  const thinking = createThinkingKeeper(request.model.id, subject)
  let isDone = false
  let written = 0

  const readMessage = (chunk: JsonRecord): readonly ResponsePart[] => {
    const message = recordAt(chunk, 'message')
    const parts: ResponsePart[] = []
    const thought = textAt(message, 'thinking')
    const content = textAt(message, 'content')
    const toolCalls = calls.read(message)
    if (thought !== undefined) {
      parts.push({ type: 'reasoning', text: thought })
      thinking.add(thought)
    }
    isDone = chunk.done === true
    if (content !== undefined || toolCalls.length > 0 || isDone) parts.push(...thinking.close())
    if (content !== undefined) parts.push({ type: 'text', text: content })
    written += (thought?.length ?? 0) + (content?.length ?? 0)
    parts.push(...toolCalls)
    return parts
  }

  function* read(chunk: JsonRecord): Iterable<ResponsePart> {
    yield* readMessage(chunk)
    if (!isDone) return
    yield { type: 'usage', usage: readUsage(chunk, written, request) }
    const ending = readEnding(textAt(chunk, 'done_reason')) ?? 'stop'
    if (typeof ending === 'object') throw bodyError({ error: `the answer ended with “${ending.word}”` })
    if (calls.broken() !== undefined && ending !== 'length') throw calls.broken()
    yield { type: 'finish', reason: ending === 'stop' && calls.count() > 0 ? 'toolCalls' : ending }
  }

  return {
    isTold: () => isDone,
    read(chunk) {
      if (isDone) return []
      const told = toldError(chunk)
      if (told !== undefined) throw bodyError(told)
      return isRecord(chunk) ? read(chunk) : []
    },
  }
}
