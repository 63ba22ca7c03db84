import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from 'node-llama-cpp'
import type {
  ContentPart,
  DataPart,
  Message,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'

interface History {
  readonly items: ChatHistoryItem[]
  /** Calls by their ids, so that results find them. */
  readonly calls: Map<string, ChatModelFunctionCall>
}

/**
 * A conversation in node-llama-cpp's terms: a tool's result stands in the model's own turn, beside its call.
 * Throws ModelError `capability-unsupported` for an image.
 */
export function toChatHistory(messages: readonly Message[]): ChatHistoryItem[] {
  const history: History = { items: [], calls: new Map() }
  for (const message of messages) {
    if (message.role === 'assistant') addAssistant(history, message.content)
    else addInput(history, message)
  }
  return history.items
}

function addInput(history: History, { role, content }: Message): void {
  const texts: string[] = []
  for (const part of content) {
    if (part.type === 'toolResult') addResult(history, part)
    else if (part.type === 'text' || part.type === 'data') texts.push(readText(part))
  }
  if (texts.length === 0) return
  history.items.push({ type: role === 'system' ? 'system' : 'user', text: texts.join('\n\n') })
}

function addAssistant(history: History, content: readonly ContentPart[]): void {
  const last = history.items.at(-1)
  const turn: ChatModelResponse = last?.type === 'model' ? last : { type: 'model', response: [] }
  if (last !== turn) history.items.push(turn)
  let first = true
  for (const part of content) {
    if (part.type === 'text') turn.response.push(part.text)
    if (part.type !== 'toolCall') continue
    turn.response.push(addCall(history, part, first))
    first = false
  }
}

function addCall(history: History, part: ToolCallPart, startsNewChunk: boolean): ChatModelFunctionCall {
  const call: ChatModelFunctionCall = {
    type: 'functionCall',
    name: part.name,
    params: part.input,
    result: 'The tool was not run.',
    startsNewChunk,
  }
  history.calls.set(part.callId, call)
  return call
}

function addResult(history: History, part: ToolResultPart): void {
  const call = history.calls.get(part.callId)
  const text = part.content.map(readText).join('\n')
  // A result whose call was cut off from the conversation still tells the model something.
  if (call === undefined) history.items.push({ type: 'user', text })
  else call.result = part.isError === true ? { error: text } : text
}

function readText(part: TextPart | DataPart): string {
  if (part.type === 'text') return part.text
  if (/^text\/|[/+]json\b/.test(part.mimeType)) return new TextDecoder().decode(part.data)
  throw new ModelError({
    code: 'capability-unsupported',
    message: `Embedded models read text only, not ${part.mimeType}: remove the attachment or choose a model that takes it.`,
  })
}
