import type { ContentPart, Message, ReasoningPart, TextPart, ToolResultPart } from '../../../core/chat.js'
import type { ProviderChatRequest } from '../../../core/provider.js'
import { canTake, dataUrl, describeOmitted } from '../images.js'
import { isRecord, type JsonRecord, textAt } from '../json.js'
import { prepareConversation } from '../messages.js'
import type { ToolNames } from '../toolSchema.js'

/** How Chat Completions names the reasoning that a message holds. */
export type ReasoningField = 'reasoning' | 'reasoning_content'

export interface MessageOptions {
  readonly provider: string
  readonly request: ProviderChatRequest
  readonly toolNames: ToolNames
}

export function toChatMessages(options: MessageOptions): readonly JsonRecord[] {
  const { model, messages } = options.request
  const prepared = prepareConversation(messages, { systemRole: model.capabilities.systemRole })
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
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(isOpen ? returnReasoning(content, options) : {}),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            id: call.callId,
            type: 'function',
            function: { name: options.toolNames.toWire(call.name), arguments: JSON.stringify(call.input) },
          })),
        }),
  }
}

/** Reasoning goes back in the field that it came in, while its tool calls are being answered; later it is worthless. */
function returnReasoning(content: readonly ContentPart[], { provider, request }: MessageOptions): JsonRecord {
  for (const part of content) {
    if (part.type !== 'reasoning' || !isOwn(part, provider, request.model.id)) continue
    const value = part.state?.value
    const field = isRecord(value) ? textAt(value, 'field') : undefined
    const text = textAt(value, 'text')
    if ((field === 'reasoning' || field === 'reasoning_content') && text !== undefined)
      return { [field]: text }
  }
  return {}
}

function isOwn({ state }: ReasoningPart, provider: string, model: string): boolean {
  return state?.provider === provider && state.model === model
}

/** Results first, each a message of its own; these have no images, so images of results follow as the user's. */
function toUser({ content }: Message, options: MessageOptions): readonly JsonRecord[] {
  const results = content.filter((part) => part.type === 'toolResult')
  const spoken = [
    ...results.flatMap((result) => imagesOf(result, options)),
    ...content.filter((part) => part.type !== 'toolResult'),
  ]
  return [
    ...results.map((result) => toToolMessage(result, options)),
    ...(spoken.length === 0 ? [] : [{ role: 'user', content: toUserContent(spoken, options) }]),
  ]
}

function toToolMessage(result: ToolResultPart, { request }: MessageOptions): JsonRecord {
  const texts = result.content.map((part) => {
    if (part.type === 'text') return part.text
    return canTake(part, request.model) ? '[image: see the next message]' : describeOmitted(part)
  })
  const text = texts.join('\n')
  return {
    role: 'tool',
    tool_call_id: result.callId,
    content: result.isError === true ? `Error: ${text}` : text,
  }
}

function imagesOf(result: ToolResultPart, { request }: MessageOptions): readonly ContentPart[] {
  const images = result.content
    .filter((part) => part.type === 'data')
    .filter((part) => canTake(part, request.model))
  if (images.length === 0) return []
  const label: TextPart = { type: 'text', text: `Images of the tool result ${result.callId}:` }
  return [label, ...images]
}

/** Plain text stays a string, which is all that some servers take. */
function toUserContent(
  parts: readonly ContentPart[],
  { request }: MessageOptions,
): string | readonly JsonRecord[] {
  const content = parts.flatMap((part): JsonRecord[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    if (part.type !== 'data') return []
    return canTake(part, request.model)
      ? [{ type: 'image_url', image_url: { url: dataUrl(part) } }]
      : [{ type: 'text', text: describeOmitted(part) }]
  })
  const texts = content.map((item) => textAt(item, 'text'))
  return texts.every((text) => text !== undefined) ? texts.join('\n\n') : content
}
