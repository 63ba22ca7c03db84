import type { Message } from '../../core/chat.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { checkNewestData } from '../shared/images.js'
import { type PreparedConversation, prepareConversation } from '../shared/messages.js'
import { takes } from './media.js'

const conversationStart = 'The conversation so far:'

/** Begins with the user. Throws ModelError `capability-unsupported` for data just given that Gemini does not read. */
export function toConversation({ model, messages }: ProviderChatRequest): PreparedConversation {
  checkNewestData(messages, model, 'google', takes)
  const prepared = prepareConversation(messages, model.capabilities)
  const [first] = prepared.messages
  if (first?.role === 'user') return prepared
  // With instructions alone, they are what is asked.
  if (first === undefined) return { system: '', messages: [said(prepared.system)] }
  return { system: prepared.system, messages: [said(conversationStart), ...prepared.messages] }
}

function said(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}
