import * as vscode from 'vscode'
import type { ContentPart, Message } from '../../../src/core/chat.js'
import type { ProviderChatRequest } from '../../../src/core/provider.js'
import type { ConsumerRequest } from '../consumer/extension.js'

type HostPart =
  | vscode.LanguageModelTextPart
  | vscode.LanguageModelDataPart
  | vscode.LanguageModelToolCallPart
  | vscode.LanguageModelToolResultPart

const { User, Assistant } = vscode.LanguageModelChatMessageRole

/** VS Code's own Chat sends its system prompt with a role that the typings do not name. */
const system: number = 3

/** A request of the contract tests, as an extension sends it through VS Code. */
export function toHostRequest({ messages, tools, toolMode }: ProviderChatRequest): ConsumerRequest {
  const options: vscode.LanguageModelChatRequestOptions = {}
  if (tools !== undefined) options.tools = [...tools]
  if (toolMode === 'required') options.toolMode = vscode.LanguageModelChatToolMode.Required
  return { messages: toHostMessages(messages), options }
}

export function toHostMessages(messages: readonly Message[]): vscode.LanguageModelChatMessage[] {
  return messages.map(toHostMessage)
}

function toHostMessage({ role, content }: Message): vscode.LanguageModelChatMessage {
  const hostRole = { user: User, assistant: Assistant, system }[role]
  return new vscode.LanguageModelChatMessage(hostRole, content.map(toHostPart))
}

function toHostPart(part: ContentPart): HostPart {
  if (part.type === 'data') return new vscode.LanguageModelDataPart(part.data, part.mimeType)
  if (part.type === 'toolCall')
    return new vscode.LanguageModelToolCallPart(part.callId, part.name, { ...part.input })
  if (part.type === 'toolResult')
    return new vscode.LanguageModelToolResultPart(part.callId, part.content.map(toHostPart))
  return new vscode.LanguageModelTextPart(part.text)
}
