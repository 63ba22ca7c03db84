import type { ListedModel } from '../core/model.js'
import type { ConnectionField, Provider } from '../core/provider.js'
import { promptCacheMembers } from './openai/promptCache.js'
import { effortOf, refusedByReasoning } from './openai/reasoning.js'
import { type ChatProviderRow, standardWire, usualEmbeddings } from './shared/chatWire/wire.js'
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

/** What the list holds beside chat models; it says nothing but ids. */
const otherIds =
  /whisper|tts|dall-e|image|sora|audio|realtime|transcribe|moderation|davinci|babbage|turbo-instruct|\blive\b/i

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

/** Its older API, and its model list. */
const row: ChatProviderRow = {
  ...facts,
  wire: {
    parameters: { ...standardWire.parameters, maxOutputTokens: 'max_completion_tokens' },
    effortOf,
    extra: promptCacheMembers,
    refuses: refusedByReasoning,
    maximumStops: 4,
    pdf: 'tried',
  },
  embeddings: usualEmbeddings,
  refineModel: (model: ListedModel) => (otherIds.test(model.id) ? undefined : model),
}

export const openai: Provider = lazyEmbeddingProvider(facts, async () => {
  const { createOpenai } = await import('./openai/provider.js')
  return createOpenai(row)
})
