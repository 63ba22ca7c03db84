import type {
  ContentPart,
  DataPart,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../../core/chat.js'
import { type JsonRecord } from '../../../core/json.js'
import type { ProviderChatRequest } from '../../../core/provider.js'
import type { BesideCall } from '../besideCall.js'
import { dataUrl, describeOmitted, isPdf, pdfName } from '../images.js'
import { textAt } from '../json.js'
import { prepareConversation } from '../messages.js'
import type { ToolNames } from '../toolSchema.js'
import { besidesOf } from './besideCalls.js'
import { returnReasoning } from './reasoning.js'
import type { ChatWire } from './wire.js'

export interface MessageOptions extends Pick<ChatWire, 'callIdOf' | 'reasoningMember' | 'pdfPart'> {
  readonly provider: string
  /** The id of the connection. */
  readonly connection: string
  readonly request: ProviderChatRequest
  readonly toolNames: ToolNames
  readonly takes: (part: DataPart) => boolean
}

export function toChatMessages(options: MessageOptions): readonly JsonRecord[] {
  const { model, messages } = options.request
  const prepared = prepareConversation(messages, model.capabilities)
  const question = prepared.messages.findLastIndex(isQuestion)
  const turns = prepared.messages.flatMap((message, index) =>
    message.role === 'assistant'
      ? [toAssistant(message, options, index > question)]
      : toUser(message, options),
  )
  return prepared.system === '' ? turns : [{ role: 'system', content: prepared.system }, ...turns]
}

/** Said by a person, not only by tools. */
function isQuestion(message: Message): boolean {
  return message.role === 'user' && message.content.some((part) => part.type !== 'toolResult')
}

function toAssistant({ content }: Message, options: MessageOptions, isOpen: boolean): JsonRecord {
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const calls = content.filter((part) => part.type === 'toolCall')
  const { provider, connection, reasoningMember, request } = options
  const besides = besidesOf(content, { provider, connection, model: request.model.id })
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoningMember === undefined ? {} : { [reasoningMember]: '' }),
    ...(isOpen || reasoningMember !== undefined ? reasoningOf(content, text, options) : {}),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => toCall(call, besides.get(call.callId), options)),
        }),
  }
}

function toCall(call: ToolCallPart, beside: BesideCall | undefined, options: MessageOptions): JsonRecord {
  const name = options.toolNames.toWire(call.name)
  return {
    ...beside?.call,
    id: callIdOf(call.callId, options),
    type: 'function',
    function: { ...beside?.function, name, arguments: JSON.stringify(call.input) },
  }
}

function callIdOf(callId: string, { callIdOf: map }: MessageOptions): string {
  return map === undefined ? callId : map(callId)
}

/** Reasoning goes back as it came, while its tool calls are being answered; later it is worthless. */
function reasoningOf(
  content: readonly ContentPart[],
  text: string,
  { provider, request }: MessageOptions,
): JsonRecord {
  for (const part of content) {
    if (part.type !== 'reasoning' || !isOwn(part, provider, request.model.id)) continue
    const returned = returnReasoning(part.state?.value, text)
    if (Object.keys(returned).length > 0) return returned
  }
  return {}
}

function isOwn({ state }: ReasoningPart, provider: string, model: string): boolean {
  return state?.provider === provider && state.model === model
}

/** Results first, each a message of its own; these have no files, so files of results follow as the user's. */
function toUser({ content }: Message, options: MessageOptions): readonly JsonRecord[] {
  const results = content.filter((part) => part.type === 'toolResult')
  const spoken = [
    ...results.flatMap((result) => filesOf(result, options)),
    ...content.filter((part) => part.type !== 'toolResult'),
  ]
  return [
    ...results.map((result) => toToolMessage(result, options)),
    ...(spoken.length === 0 ? [] : [{ role: 'user', content: toUserContent(spoken, options) }]),
  ]
}

function toToolMessage(result: ToolResultPart, options: MessageOptions): JsonRecord {
  const texts = result.content.map((part) => {
    if (part.type === 'text') return part.text
    if (!options.takes(part)) return describeOmitted(part)
    return isPdf(part) ? '[file: see the next message]' : '[image: see the next message]'
  })
  const text = texts.join('\n')
  return {
    role: 'tool',
    tool_call_id: callIdOf(result.callId, options),
    content: result.isError === true ? `Error: ${text}` : text,
  }
}

function filesOf(result: ToolResultPart, { takes }: MessageOptions): readonly ContentPart[] {
  const files = result.content.filter((part) => part.type === 'data').filter(takes)
  if (files.length === 0) return []
  const what = files.some(isPdf) ? 'Files' : 'Images'
  const label: TextPart = { type: 'text', text: `${what} of the tool result ${result.callId}:` }
  return [label, ...files]
}

/** Plain text stays a string, which is all that some servers take. */
function toUserContent(
  parts: readonly ContentPart[],
  options: MessageOptions,
): string | readonly JsonRecord[] {
  const content = parts.flatMap((part): JsonRecord[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    if (part.type !== 'data') return []
    return [options.takes(part) ? toFile(part, options) : { type: 'text', text: describeOmitted(part) }]
  })
  const texts = content.map((item) => textAt(item, 'text'))
  return texts.every((text) => text !== undefined) ? texts.join('\n\n') : content
}

function toFile(part: DataPart, { pdfPart }: MessageOptions): JsonRecord {
  const url = dataUrl(part)
  if (!isPdf(part)) return { type: 'image_url', image_url: { url } }
  return pdfPart === undefined
    ? { type: 'file', file: { filename: pdfName, file_data: url } }
    : { type: pdfPart, [pdfPart]: url }
}
