import type { ConnectionField, Provider } from '../core/provider.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, headersField, timeoutFields } from './shared/fields.js'
import { lazyEmbeddingProvider } from './shared/lazyProvider.js'

const fields: readonly ConnectionField[] = [
  {
    id: 'api',
    label: 'API',
    type: 'choice',
    description: 'Responses is the newer one; Chat Completions is for gateways that have no other.',
    options: ['responses', 'chat'],
  },
  {
    id: 'reasoningSummary',
    label: 'Reasoning summaries',
    type: 'choice',
    description:
      'How much of its reasoning a model shows. Some models show it only to verified organisations.',
    options: ['none', 'auto', 'concise', 'detailed'],
  },
  {
    id: 'organization',
    label: 'Organization id',
    type: 'text',
    description:
      'Bills and limits requests as this organization’s; needed only where the key belongs to several. `${env:NAME}` is a variable of the environment.',
    placeholder: 'org-…',
  },
  {
    id: 'project',
    label: 'Project id',
    type: 'text',
    description:
      'Bills and limits requests as this project’s; the key’s own by default. `${env:NAME}` is a variable of the environment.',
    placeholder: 'proj_…',
  },
  headersField,
  ...timeoutFields,
]

const facts = {
  id: 'openai',
  name: 'OpenAI',
  description: 'GPT and reasoning models',
  dataRetention: {
    note: 'Kept for up to 30 days to look for abuse; no training on it unless the organisation opts in. Responses are asked not to be stored.',
    url: 'https://developers.openai.com/api/docs/guides/your-data',
  },
  location: 'cloud',
  baseUrl: 'https://api.openai.com/v1',
  key: apiKey('https://platform.openai.com/api-keys', 'OPENAI_API_KEY'),
  fields,
} as const

export const openai: Provider = lazyEmbeddingProvider(facts, async () => {
  const [{ createOpenai }, { ways }] = await Promise.all([
    import('./openai/provider.js'),
    import('./openai/ways.js'),
  ])
  return createOpenai({ ...facts, ...ways, embeddings: usualEmbeddings })
})
