import type { ConnectionField } from '../core/provider.js'
import { openaiCompatible } from './openaiCompatible.js'
import { apiKey, headersField, timeoutFields } from './shared/fields.js'

const routingField: ConnectionField = {
  id: 'routing',
  label: 'Who answers',
  type: 'text',
  description:
    'fastest, cheapest, or one inference provider by its name, such as groq; the router’s own choice where nothing is said.',
  placeholder: 'cheapest',
}

export const huggingface = openaiCompatible({
  id: 'huggingface',
  name: 'Hugging Face',
  description: 'Open models at many inference providers, with one token',
  dataRetention: {
    note: 'The router stores neither requests nor answers; the provider that it chooses has a policy of its own.',
    url: 'https://huggingface.co/docs/inference-providers/security',
  },
  baseUrl: 'https://router.huggingface.co/v1',
  key: apiKey(
    'https://huggingface.co/settings/tokens',
    'HF_TOKEN',
    'HUGGING_FACE_HUB_TOKEN',
    'HUGGINGFACE_API_KEY',
  ),
  fields: [routingField, headersField, ...timeoutFields],
  loadWays: async () => (await import('./huggingface/ways.js')).ways,
})
