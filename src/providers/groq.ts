import type { ConnectionField } from '../core/provider.js'
import { reasoningFormats } from './groq/options.js'
import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, headersField, timeoutFields } from './shared/fields.js'

const reasoningField: ConnectionField = {
  id: 'reasoningFormat',
  label: 'Reasoning',
  type: 'choice',
  description:
    'parsed: apart from the answer, as is the rule; raw: among its text, in <think> tags, where neither tools nor JSON are asked for; hidden: not at all.',
  options: reasoningFormats,
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
  fields: [reasoningField, headersField, ...timeoutFields],
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./groq/ways.js')).ways,
})
