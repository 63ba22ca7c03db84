import type { ContentPart, DataPart, Message, ReasoningPart, Tool, ToolResultPart } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { ModelInfo } from '../../core/model.js'
import { canTake, checkNewestData, describeOmitted } from '../shared/images.js'
import { prepareConversation } from '../shared/messages.js'
import { sanitiseSchema } from '../shared/toolSchema.js'

interface WireToolCall {
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

/** The images that the model takes, and words for all else. */
function readData(parts: readonly DataPart[], model: ModelInfo) {
  const taken = parts.filter((part) => canTake(part, model))
  const omitted = parts.filter((part) => !canTake(part, model)).map(describeOmitted)
  return { images: taken.map((part) => Buffer.from(part.data).toString('base64')), omitted }
}

function resultMessages(part: ToolResultPart, toolName: string | undefined, model: ModelInfo): WireMessage[] {
  const texts = part.content.filter((item) => item.type === 'text').map((item) => item.text)
  const { images, omitted } = readData(
    part.content.filter((item) => item.type === 'data'),
    model,
  )
  const text = [...texts, ...omitted].join('\n')
  const result: WireMessage = {
    role: 'tool',
    content: part.isError === true ? `Error: ${text}` : text,
    tool_call_id: part.callId,
    ...(toolName === undefined ? {} : { tool_name: toolName }),
  }
  if (images.length === 0) return [result]
  // Chat templates render images of user messages only.
  return [result, { role: 'user', content: `Image returned by the tool ${toolName ?? 'call'}:`, images }]
}

/** The thinking of this very model, which its template may want back within a turn. */
function ownThinking(parts: readonly ReasoningPart[], model: ModelInfo): Pick<WireMessage, 'thinking'> {
  const texts = parts.flatMap(({ state }) => {
    if (state === undefined || state.provider !== 'ollama' || state.model !== model.id) return []
    return isRecord(state.value) && typeof state.value.thinking === 'string' ? [state.value.thinking] : []
  })
  return texts.length === 0 ? {} : { thinking: texts.join('\n') }
}

function assistantMessage(content: readonly ContentPart[], model: ModelInfo): WireMessage[] {
  const calls = partsOf(content, 'toolCall').map(
    (part): WireToolCall => ({
      id: part.callId,
      function: { name: part.name, arguments: part.input },
    }),
  )
  const text = partsOf(content, 'text')
    .map((part) => part.text)
    .join('')
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
  model: ModelInfo,
): WireMessage[] {
  const answers = partsOf(content, 'toolResult').flatMap((part) =>
    resultMessages(part, toolNames.get(part.callId), model),
  )
  // All results of a turn before the images of any.
  const results = answers.toSorted((a, b) => Number(a.role === 'user') - Number(b.role === 'user'))
  const { images, omitted } = readData(partsOf(content, 'data'), model)
  const text = [...partsOf(content, 'text').map((part) => part.text), ...omitted].join('\n\n')
  if (text === '' && images.length === 0) return results
  return [...results, { role: 'user', content: text, ...(images.length === 0 ? {} : { images }) }]
}

/** Throws ModelError `capability-unsupported` for data just given that the model does not take. */
export function toWireMessages(messages: readonly Message[], model: ModelInfo): WireMessage[] {
  checkNewestData(messages, model, 'ollama')
  const prepared = prepareConversation(messages, model.capabilities)
  const toolNames = new Map<string, string>()
  const turns = prepared.messages.flatMap(({ role, content }): WireMessage[] => {
    if (role === 'user') return userMessages(content, toolNames, model)
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
