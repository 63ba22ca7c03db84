import type {
  ContentPart,
  DataPart,
  Message,
  ReasoningPart,
  TextPart,
  Tool,
  ToolResultPart,
} from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import { isRecord, type JsonRecord } from '../shared/json.js'
import { prepareConversation } from '../shared/messages.js'
import { sanitiseSchema } from '../shared/toolSchema.js'

export interface WireToolCall {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: JsonRecord }
}

export interface WireMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly thinking?: string
  /** Base64 without a prefix. */
  readonly images?: readonly string[]
  readonly tool_calls?: readonly WireToolCall[]
  readonly tool_name?: string
  readonly tool_call_id?: string
}

export interface WireTool {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description: string; readonly parameters: JsonRecord }
}

type PartOf<Type extends ContentPart['type']> = Extract<ContentPart, { type: Type }>

function partsOf<Type extends ContentPart['type']>(
  content: readonly ContentPart[],
  type: Type,
): PartOf<Type>[] {
  return content.filter((part): part is PartOf<Type> => part.type === type)
}

function joinTexts(parts: readonly TextPart[], separator: string): string {
  return parts.map((part) => part.text).join(separator)
}

function encodeImage(part: DataPart): string {
  if (!part.mimeType.startsWith('image/')) {
    throw new ModelError({
      code: 'capability-unsupported',
      message: `Ollama takes images, not ${part.mimeType}. Convert the file or leave it out.`,
      provider: 'ollama',
    })
  }
  return Buffer.from(part.data).toString('base64')
}

function withImages(parts: readonly DataPart[]): Pick<WireMessage, 'images'> {
  return parts.length === 0 ? {} : { images: parts.map(encodeImage) }
}

function resultMessages(part: ToolResultPart, toolName: string | undefined): WireMessage[] {
  const text = joinTexts(
    part.content.filter((item) => item.type === 'text'),
    '\n',
  )
  const images = part.content.filter((item) => item.type === 'data')
  const result: WireMessage = {
    role: 'tool',
    content: part.isError === true ? `Error: ${text}` : text,
    tool_call_id: part.callId,
    ...(toolName === undefined ? {} : { tool_name: toolName }),
  }
  if (images.length === 0) return [result]
  // Chat templates render images of user messages only.
  const content = `Image returned by the tool ${toolName ?? 'call'}:`
  return [result, { role: 'user', content, ...withImages(images) }]
}

/** The thinking of this very model, which its template may want back within a turn. */
function ownThinking(parts: readonly ReasoningPart[], model: string): Pick<WireMessage, 'thinking'> {
  const texts = parts.flatMap(({ state }) => {
    if (state === undefined || state.provider !== 'ollama' || state.model !== model) return []
    return isRecord(state.value) && typeof state.value.thinking === 'string' ? [state.value.thinking] : []
  })
  return texts.length === 0 ? {} : { thinking: texts.join('\n') }
}

function assistantMessage(content: readonly ContentPart[], model: string): WireMessage[] {
  const calls = partsOf(content, 'toolCall').map(
    (part): WireToolCall => ({
      id: part.callId,
      function: { name: part.name, arguments: part.input },
    }),
  )
  const text = joinTexts(partsOf(content, 'text'), '')
  if (text === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: text,
      ...ownThinking(partsOf(content, 'reasoning'), model),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}

function userMessages(
  content: readonly ContentPart[],
  toolNames: ReadonlyMap<string, string>,
): WireMessage[] {
  const results = partsOf(content, 'toolResult').flatMap((part) =>
    resultMessages(part, toolNames.get(part.callId)),
  )
  const text = joinTexts(partsOf(content, 'text'), '\n\n')
  const images = partsOf(content, 'data')
  if (text === '' && images.length === 0) return results
  return [...results, { role: 'user', content: text, ...withImages(images) }]
}

/** Throws ModelError `capability-unsupported` for data that is no image. */
export function toWireMessages(
  messages: readonly Message[],
  model: string,
  systemRole: boolean | undefined,
): WireMessage[] {
  const prepared = prepareConversation(messages, { systemRole })
  const toolNames = new Map<string, string>()
  const turns = prepared.messages.flatMap(({ role, content }): WireMessage[] => {
    if (role === 'user') return userMessages(content, toolNames)
    for (const call of partsOf(content, 'toolCall')) toolNames.set(call.callId, call.name)
    return assistantMessage(content, model)
  })
  return prepared.system === '' ? turns : [{ role: 'system', content: prepared.system }, ...turns]
}

/** Ollama reads schemas into a fixed structure and refuses the whole request over one boolean schema. */
function withoutBooleans(schema: unknown): JsonRecord {
  if (!isRecord(schema)) return {}
  const { properties, anyOf } = schema
  const readable = isRecord(properties)
    ? Object.entries(properties).map(([name, value]) => [name, withoutBooleans(value)])
    : undefined
  return {
    ...schema,
    ...(readable === undefined ? {} : { properties: Object.fromEntries(readable) }),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(withoutBooleans) } : {}),
  }
}

export function toWireTools(tools: readonly Tool[]): WireTool[] {
  return tools.map(({ name, description, inputSchema }) => ({
    type: 'function',
    function: { name, description, parameters: withoutBooleans(sanitiseSchema(inputSchema)) },
  }))
}
