import * as vscode from 'vscode'
import type { ContentPart, DataPart, Message, TextPart, Tool, ToolMode } from '../core/chat.js'
import { isRecord } from '../core/json.js'
import type { Usage } from '../core/model.js'
import { withoutAnswerNotes } from './answerNote.js'
import { markerMimeType, readMarker, restoreReasoning } from './reasoningMarker.js'
import { isThinkingPart, thinkingContent } from './thinking.js'
import { sourcesMimeType } from './views/sourceList.js'

/** VS Code's built-in Chat sends its system prompt with this role, which the stable typings do not name. */
const systemRole = 3

const usageMimeType = 'usage'

type RequestMessage = vscode.LanguageModelChatRequestMessage

function roleOf(message: RequestMessage): Message['role'] {
  if (message.role === vscode.LanguageModelChatMessageRole.Assistant) return 'assistant'
  const role: number = message.role
  return role === systemRole ? 'system' : 'user'
}

function isJson(mimeType: string): boolean {
  return mimeType === 'application/json' || mimeType.endsWith('+json')
}

/** Markers of other extensions (`cache_control`, `context_management` …) are no content of the conversation. */
function dataContent(part: vscode.LanguageModelDataPart): TextPart | DataPart | undefined {
  const { mimeType, data } = part
  if (!mimeType.includes('/') || mimeType === sourcesMimeType) return undefined
  if (mimeType.startsWith('text/') || isJson(mimeType))
    return { type: 'text', text: new TextDecoder().decode(data) }
  return { type: 'data', mimeType, data }
}

function resultContent(part: unknown): TextPart | DataPart | undefined {
  if (part instanceof vscode.LanguageModelTextPart) return { type: 'text', text: part.value }
  if (part instanceof vscode.LanguageModelDataPart) return dataContent(part)
  if (part instanceof vscode.LanguageModelPromptTsxPart)
    return { type: 'text', text: promptTsxText(part.value) }
  return undefined
}

/** A rendered prompt-tsx tree, as text: its text nodes have a string `text`, the others `children`. */
function promptTsxText(value: unknown): string {
  if (typeof value === 'string') return value
  const texts: string[] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    if ('text' in node && typeof node.text === 'string') texts.push(node.text)
    if ('children' in node && Array.isArray(node.children)) node.children.forEach(visit)
    if ('node' in node) visit(node.node)
  }
  visit(value)
  return texts.length > 0 ? texts.join('') : (JSON.stringify(value) ?? '')
}

function contentOf(part: unknown): ContentPart | undefined {
  if (part instanceof vscode.LanguageModelToolCallPart) {
    return { type: 'toolCall', callId: part.callId, name: part.name, input: { ...part.input } }
  }
  if (part instanceof vscode.LanguageModelToolResultPart) {
    const content = part.content.map(resultContent).filter((item) => item !== undefined)
    return { type: 'toolResult', callId: part.callId, content }
  }
  if (isThinkingPart(part)) return thinkingContent(part)
  return resultContent(part)
}

/** What we have written behind an answer is none of the model's words. */
function withoutNote(part: ContentPart | undefined): ContentPart | undefined {
  if (part?.type !== 'text') return part
  const text = withoutAnswerNotes(part.text)
  return text === '' && part.text !== '' ? undefined : { ...part, text }
}

function toMessage(message: RequestMessage): Message {
  const content: ContentPart[] = []
  let marker: ReturnType<typeof readMarker>
  const isAnswer = message.role === vscode.LanguageModelChatMessageRole.Assistant
  for (const part of message.content) {
    if (part instanceof vscode.LanguageModelDataPart && part.mimeType === markerMimeType) {
      marker = readMarker(part.data)
      continue
    }
    const item = isAnswer ? withoutNote(contentOf(part)) : contentOf(part)
    if (item !== undefined) content.push(item)
  }
  const role = roleOf(message)
  return {
    role,
    content: marker === undefined ? content : restoreReasoning(content, marker),
  }
}

export function toMessages(messages: readonly RequestMessage[]): Message[] {
  return messages.map(toMessage).filter((message) => message.content.length > 0)
}

export function toTools(tools: readonly vscode.LanguageModelChatTool[]): Tool[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    ...(isRecord(tool.inputSchema) ? { inputSchema: tool.inputSchema } : {}),
  }))
}

export function toToolMode(mode: vscode.LanguageModelChatToolMode): ToolMode {
  return mode === vscode.LanguageModelChatToolMode.Required ? 'required' : 'auto'
}

/** The part from which Chat draws its context indicator; it ignores one with a number missing. */
export function usagePart(usage: Usage): vscode.LanguageModelDataPart {
  const json = {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadInputTokens },
  }
  return new vscode.LanguageModelDataPart(new TextEncoder().encode(JSON.stringify(json)), usageMimeType)
}
