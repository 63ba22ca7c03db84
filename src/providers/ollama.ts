import type { ConnectionField, Provider } from '../core/provider.js'
import { headersField, timeoutFields } from './shared/fields.js'
import { lazyEmbeddingProvider, type ProviderFacts } from './shared/lazyProvider.js'

const fields: readonly ConnectionField[] = [
  {
    id: 'num_ctx',
    label: 'Context size',
    type: 'number',
    description:
      'Tokens of context to load models with (num_ctx). Without it Ollama’s own setting holds, and is raised when a conversation needs more.',
    minimum: 256,
    maximum: 10_000_000,
  },
  {
    id: 'keep_alive',
    label: 'Keep loaded for',
    type: 'text',
    description: 'How long a model stays in memory after a request: 5m, 1h, 0 (unload at once), -1 (always).',
    placeholder: '5m',
  },
  headersField,
  ...timeoutFields,
]

const facts: ProviderFacts = {
  id: 'ollama',
  name: 'Ollama',
  location: 'local',
  baseUrl: 'http://127.0.0.1:11434',
  baseUrlVariable: 'OLLAMA_HOST',
  cloudDomains: ['ollama.com', 'ollama.ai'],
  key: { required: false, url: 'https://ollama.com/settings/keys' },
  fields,
  description: 'Models that Ollama runs, on this machine, on another one, or in its cloud.',
}

export function createOllama(): Provider {
  return lazyEmbeddingProvider(facts, async () => {
    const { createNativeApi } = await import('./ollama/nativeApi.js')
    return createNativeApi()
  })
}

export const ollama: Provider = createOllama()
