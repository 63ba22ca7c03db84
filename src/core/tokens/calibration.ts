import type { ChatRequest, Message, Middleware } from '../chat.js'
import { formatModelRef } from '../model.js'
import { type AttemptWatch, watchAttempts } from '../usage/attemptWatch.js'
import type { TokenCounter } from './estimate.js'

/** Its tokens say nothing about text. */
export function hasImage(message: Message): boolean {
  return message.content.some(
    (part) =>
      part.type === 'data' ||
      (part.type === 'toolResult' && part.content.some((inner) => inner.type === 'data')),
  )
}

/** Tokens of everything that a request sends. */
export function estimateInput(counter: TokenCounter, model: string, request: ChatRequest): number {
  const messages = request.messages.reduce((sum, message) => sum + counter.countMessage(model, message), 0)
  const tools = request.tools?.length ? counter.count(model, JSON.stringify(request.tools)) : 0
  return messages + tools
}

/** Teaches the counter from the provider's own figures. An image's tokens say nothing about text, so it is left out. */
export function createCalibration(counter: TokenCounter) {
  return (request: ChatRequest): AttemptWatch => ({
    see(part) {
      if (part.type !== 'usage' || part.usage.accuracy !== 'exact' || request.messages.some(hasImage)) return
      const model = formatModelRef(request.model)
      counter.calibrate(model, estimateInput(counter, model, request), part.usage.inputTokens)
    },
  })
}

/** The same alone, around a chat. */
export function calibrateTokens(counter: TokenCounter): Middleware {
  const watch = createCalibration(counter)
  return watchAttempts(async (request) => ({ request, watches: [watch(request)] }))
}
