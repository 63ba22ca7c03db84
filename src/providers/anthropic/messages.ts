import type { Anthropic } from '@anthropic-ai/sdk'
import type { ContentPart, DataPart, Message, ReasoningPart, Tool, ToolResultPart } from '../../core/chat.js'
import { isRecord } from '../../core/json.js'
import type { ModelInfo } from '../../core/model.js'
import { checkNewestData, describeOmitted } from '../shared/images.js'
import { prepareConversation } from '../shared/messages.js'
import { sanitiseSchema, type ToolNames } from '../shared/toolSchema.js'

type Block = Anthropic.ContentBlockParam
type ThinkingBlock = Anthropic.ThinkingBlockParam | Anthropic.RedactedThinkingBlockParam
type ResultBlock = Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam

export interface Conversation {
  readonly system: Anthropic.TextBlockParam[]
  readonly messages: { role: 'user' | 'assistant'; content: Block[] }[]
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const

/** Blocks of white space alone are refused with 400, as empty ones are. */
function textBlock(text: string): Anthropic.TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

/** Images and PDF files; a model that is known to see nothing takes neither. */
function takes(part: DataPart, model: ModelInfo): boolean {
  if (model.capabilities.imageInput === false) return false
  return part.mimeType === 'application/pdf' || imageTypes.some((type) => type === part.mimeType)
}

function dataBlock(part: DataPart, model: ModelInfo): ResultBlock {
  if (!takes(part, model)) return { type: 'text', text: describeOmitted(part) }
  const data = Buffer.from(part.data).toString('base64')
  const imageType = imageTypes.find((type) => type === part.mimeType)
  if (imageType === undefined) {
    return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } }
  }
  return { type: 'image', source: { type: 'base64', media_type: imageType, data } }
}

function thinkingBlock(part: ReasoningPart, model: ModelInfo): ThinkingBlock[] {
  const { state } = part
  if (state === undefined || state.provider !== model.provider || state.model !== model.id) return []
  const { value } = state
  if (!isRecord(value)) return []
  if (value.type === 'redacted_thinking' && typeof value.data === 'string') {
    return [{ type: 'redacted_thinking', data: value.data }]
  }
  if (typeof value.thinking !== 'string' || typeof value.signature !== 'string') return []
  return [{ type: 'thinking', thinking: value.thinking, signature: value.signature }]
}

/** Ids of other providers may hold characters that Claude's `^[a-zA-Z0-9_-]+$` refuses. */
function createIdMapper(): (callId: string) => string {
  const ids = new Map<string, string>()
  const taken = new Set<string>()
  return (callId) => {
    const known = ids.get(callId)
    if (known !== undefined) return known
    const safe = callId.replaceAll(/[^\w-]/g, '_') || 'call'
    let id = safe
    for (let count = 2; taken.has(id); count += 1) id = `${safe}_${count}`
    taken.add(id)
    ids.set(callId, id)
    return id
  }
}

function resultBlock(part: ToolResultPart, id: string, model: ModelInfo): Anthropic.ToolResultBlockParam {
  const content = part.content.flatMap((item): ResultBlock[] =>
    item.type === 'text' ? textBlock(item.text) : [dataBlock(item, model)],
  )
  return {
    type: 'tool_result',
    tool_use_id: id,
    ...(content.length > 0 ? { content } : {}),
    ...(part.isError === true ? { is_error: true } : {}),
  }
}

interface Wire {
  readonly model: ModelInfo
  readonly names: ToolNames
  readonly mapId: (callId: string) => string
}

function toBlocks(part: ContentPart, { model, names, mapId }: Wire): Block[] {
  if (part.type === 'text') return textBlock(part.text)
  if (part.type === 'reasoning') return thinkingBlock(part, model)
  if (part.type === 'data') return [dataBlock(part, model)]
  if (part.type === 'toolResult') return [resultBlock(part, mapId(part.callId), model)]
  return [{ type: 'tool_use', id: mapId(part.callId), name: names.toWire(part.name), input: part.input }]
}

/** Without reasoning that is not this model's a message may be empty, and its neighbours then are of one role. */
function joinTurns(messages: readonly Message[], wire: Wire): Conversation['messages'] {
  const turns: Conversation['messages'] = []
  for (const { role, content } of messages) {
    const blocks = content.flatMap((part) => toBlocks(part, wire))
    const last = turns.at(-1)
    if (role === 'system' || blocks.length === 0) continue
    if (last?.role === role) last.content.push(...blocks)
    else turns.push({ role, content: blocks })
  }
  return turns
}

/** Throws ModelError `capability-unsupported` for data just given that Claude does not read. */
export function toConversation(
  messages: readonly Message[],
  model: ModelInfo,
  names: ToolNames,
): Conversation {
  checkNewestData(messages, model, model.provider, takes)
  const prepared = prepareConversation(messages, model.capabilities)
  const turns = joinTurns(prepared.messages, { model, names, mapId: createIdMapper() })
  const system = textBlock(prepared.system)
  const [first] = turns
  if (first?.role === 'user') return { system, messages: turns }
  // A conversation begins with the user: with instructions alone, they are what is asked.
  if (first === undefined) return { system: [], messages: [{ role: 'user', content: system }] }
  return { system, messages: [{ role: 'user', content: textBlock(conversationStart) }, ...turns] }
}

const conversationStart = 'The conversation so far:'

export function toTools(tools: readonly Tool[], names: ToolNames): Anthropic.Tool[] {
  return tools.map((tool) => ({
    name: names.toWire(tool.name),
    ...(tool.description === '' ? {} : { description: tool.description }),
    input_schema: { ...sanitiseSchema(tool.inputSchema), type: 'object' },
  }))
}
