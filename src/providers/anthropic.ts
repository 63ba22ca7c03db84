import type { ConnectionField, Provider } from '../core/provider.js'
import { apiVersions, cacheDurations, mayCacheForAnHour } from './anthropic/options.js'
import { apiKey, headersField, timeoutFields } from './shared/fields.js'
import { lazyProvider, type ProviderFacts, withTokenCount } from './shared/lazyProvider.js'

const fields: readonly ConnectionField[] = [
  {
    id: 'apiVersion',
    label: 'API version',
    type: 'choice',
    description: `${apiVersions[1]} still takes temperature, top_p and top_k, which ${apiVersions[0]} refuses.`,
    options: apiVersions,
  },
  {
    id: 'promptCaching',
    label: 'Prompt caching',
    type: 'choice',
    description: 'How long Anthropic keeps the beginning of a conversation; 5m where nothing is chosen.',
    options: cacheDurations,
  },
  headersField,
  ...timeoutFields,
]

const facts: ProviderFacts = {
  id: 'anthropic',
  name: 'Anthropic',
  location: 'cloud',
  baseUrl: 'https://api.anthropic.com',
  key: apiKey('https://platform.claude.com/settings/keys', 'ANTHROPIC_API_KEY'),
  fields,
  description: 'Claude models, from Anthropic itself.',
  mayCacheForAnHour,
  dataRetention: {
    note: 'Inputs and outputs are deleted within 30 days, later where they break its usage policy; no training on them.',
    url: 'https://privacy.claude.com/en/articles/7996866-how-long-do-you-store-my-organization-s-data',
  },
}

export function createAnthropic(): Provider {
  const provider = lazyProvider(facts, async () => {
    const { createMessagesApi } = await import('./anthropic/messagesApi.js')
    return createMessagesApi()
  })
  return withTokenCount(provider, () => import('./anthropic/countTokens.js'))
}

export const anthropic: Provider = createAnthropic()
