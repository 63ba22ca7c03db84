import type { ProviderChatRequest } from '../core/provider.js'
import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey } from './shared/fields.js'

/** Models that hide their thinking among the text unless they are asked; the others refuse the question. */
function separateReasoning({ model }: ProviderChatRequest): Readonly<Record<string, unknown>> {
  return /qwen|qwq|deepseek-r1/i.test(model.id) ? { reasoning_format: 'parsed' } : {}
}

export const groq = openaiCompatible({
  id: 'groq',
  name: 'Groq',
  description: 'Open models on very fast hardware',
  dataRetention: {
    note: 'Nothing is kept of a request, unless to mend a failure or to look into abuse; the account’s data controls turn that off.',
    url: 'https://console.groq.com/docs/your-data',
  },
  baseUrl: 'https://api.groq.com/openai/v1',
  key: apiKey('https://console.groq.com/keys', 'GROQ_API_KEY'),
  wire: { extra: separateReasoning },
  embeddings: usualEmbeddings,
  refineModel: (model) => (/whisper|tts|guard|orpheus/i.test(model.id) ? undefined : model),
})
