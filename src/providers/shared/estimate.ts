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

/** How exact usage is whose totals were told, or were not. */
export function accuracyOf(
  input: number | undefined,
  output: number | undefined,
): Pick<Usage, 'accuracy' | 'guessed'> {
  const guessed = [
    ...(input === undefined ? (['inputTokens'] as const) : []),
    ...(output === undefined ? (['outputTokens'] as const) : []),
  ]
  return guessed.length === 0 ? { accuracy: 'exact' } : { accuracy: 'estimated', guessed }
}

/** What the server told, with an estimate for what it did not count. `output` is the characters of the answer. */
export function completeUsage(told: Usage | undefined, request: ProviderChatRequest, output: number): Usage {
  if (told?.guessed === undefined) return told ?? estimateUsage(request, output)
  const estimate = estimateUsage(request, output)
  const fill = (name: 'inputTokens' | 'outputTokens'): number =>
    told.guessed?.includes(name) === true ? Math.max(told[name], estimate[name]) : told[name]
  return { ...told, inputTokens: fill('inputTokens'), outputTokens: fill('outputTokens') }
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
