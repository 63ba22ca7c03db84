import type { ContentPart } from '../../core/chat.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { useOf } from './embeddedModels.js'

/** What chat templates put around a message: a mark at its beginning, its role, and one at its end. */
const tokensAround = 4

/** The texts by the model's own tokenizer, and the template around each message as most have it. */
export async function countTokens(request: ProviderChatRequest, context: ProviderContext): Promise<number> {
  const { model, messages, tools = [] } = request
  const { file } = useOf(model, context)
  const texts = messages.map(({ content }) => content.map(textOf).join('\n'))
  const described = tools.map((tool) => JSON.stringify(tool))
  const text = [...texts, ...described].join('\n')
  const spoken = await context.engine.countTokens(file, text, context.signal)
  return spoken + messages.length * tokensAround
}

function textOf(part: ContentPart): string {
  if (part.type === 'text' || part.type === 'reasoning') return part.text
  if (part.type === 'toolCall') return `${part.name} ${JSON.stringify(part.input)}`
  return part.type === 'toolResult' ? part.content.map(textOf).join('\n') : ''
}
