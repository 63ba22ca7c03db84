import type { ContentPart } from '../../core/chat.js'
import type { Usage } from '../../core/model.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { noUsage } from '../../core/usage/sumUsage.js'

const charactersPerToken = 4
const tokensPerImage = 1000
const tokensPerMessage = 4

/** What an attempt probably took, for answers whose own count never came. `output` is the characters of the answer. */
export function estimateUsage(request: ProviderChatRequest, output: number): Usage {
  return {
    ...noUsage,
    inputTokens: estimateInput(request),
    outputTokens: Math.ceil(output / charactersPerToken),
    accuracy: 'estimated',
    guessed: ['inputTokens', 'outputTokens'],
  }
}

export function estimateInput({ messages, tools = [] }: ProviderChatRequest): number {
  const spoken = messages.reduce((sum, { content }) => sum + tokensPerMessage + tokensOf(content), 0)
  return spoken + tools.reduce((sum, tool) => sum + estimateTokens(JSON.stringify(tool)), 0)
}

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

function tokensOf(content: readonly ContentPart[]): number {
  return content.reduce((sum, part) => {
    if (part.type === 'text' || part.type === 'reasoning') return sum + estimateTokens(part.text)
    if (part.type === 'toolCall') return sum + estimateTokens(part.name + JSON.stringify(part.input))
    return sum + (part.type === 'toolResult' ? tokensOf(part.content) : tokensPerImage)
  }, 0)
}
