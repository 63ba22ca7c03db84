import { compact } from '../core/compact.js'
import type { ConnectionField, Provider } from '../core/provider.js'
import { mayCacheForAnHour } from './anthropic/options.js'
import { type ChatProviderRow, openModelWire, type RowWays, usualEmbeddings } from './shared/chatWire/wire.js'
import {
  extraBodyField,
  headersField,
  modelIdsField,
  optionalKey,
  streamUsageField,
  timeoutFields,
} from './shared/fields.js'
import { lazyEmbeddingProvider, lazyProvider, type ProviderFacts } from './shared/lazyProvider.js'

/**
 * A row in which what most have need not be said: it is in the cloud, and has no fields. Where a provider's ways need
 * more than a few lines they are in a module of their own, which is loaded with the first use: activation is quicker.
 */
type Row = Omit<ChatProviderRow, 'location' | 'fields'> &
  Partial<Pick<ChatProviderRow, 'location' | 'fields'>> & { readonly loadWays?: () => Promise<RowWays> }

export function openaiCompatible({ loadWays, ...given }: Row): Provider {
  const row: ChatProviderRow = { location: 'cloud', fields: [], ...given }
  const make = row.embeddings === undefined ? lazyProvider : lazyEmbeddingProvider
  return make(factsOf(row), async () => {
    const [{ createChatProvider }, ways] = await Promise.all([
      import('./shared/chatWire/provider.js'),
      loadWays?.(),
    ])
    return createChatProvider({ ...row, ...ways })
  })
}

/** What a row says of its provider before any of its code is loaded. */
export function factsOf(row: ChatProviderRow): ProviderFacts {
  const { id, name, description, location, baseUrl, baseUrlVariable, customerHosts, key, fields } = row
  return {
    id,
    name,
    description,
    location,
    fields,
    ...compact({ baseUrl, baseUrlVariable, customerHosts, key, dataRetention: row.dataRetention }),
  }
}

const ownFields: readonly ConnectionField[] = [
  {
    id: 'mode',
    label: 'API',
    type: 'choice',
    description:
      'Which API the server speaks below the base URL: Chat Completions, Responses, or Anthropic’s Messages; chat where nothing is chosen.',
    options: ['chat', 'responses', 'messages'],
  },
  headersField,
  {
    id: 'query',
    label: 'Query',
    type: 'record',
    description:
      'Added to the address of every request, such as an API version; `${env:NAME}` is a variable of the environment.',
    placeholder: '{"api-version": "2026-10-01"}',
  },
  {
    id: 'keyHeader',
    label: 'Key header',
    type: 'text',
    description: 'The header that carries the key as it is, in place of `Authorization: Bearer`.',
    placeholder: 'x-api-key',
  },
  modelIdsField,
  extraBodyField,
  {
    id: 'omitParameters',
    label: 'Omit',
    type: 'list',
    description:
      'Members of the body that the server refuses, by their names there or by ours: `seed`, `stream_options`, `maxOutputTokens`.',
  },
  {
    id: 'renameParameters',
    label: 'Rename',
    type: 'record',
    description: 'Members of the body that the server calls differently, by the names that it knows.',
    placeholder: '{"max_tokens": "max_completion_tokens"}',
  },
  streamUsageField,
  ...timeoutFields,
]

const anyRow: ChatProviderRow = {
  id: 'openai-compatible',
  name: 'OpenAI-compatible',
  description: 'Any server with the OpenAI chat API: LM Studio, LiteLLM, OpenRouter, a company gateway',
  location: 'cloud',
  key: optionalKey,
  fields: ownFields,
  wire: openModelWire,
  embeddings: usualEmbeddings,
}

const { id, name, description, location, fields } = anyRow

export const anyOpenaiCompatible: Provider = lazyEmbeddingProvider(
  {
    id,
    name,
    description,
    location,
    key: optionalKey,
    fields,
    mayCacheForAnHour: (connection, modelId) =>
      connection.fields['mode'] === 'messages' && mayCacheForAnHour(connection, modelId),
  },
  async () => {
    const { createModes } = await import('./openaiCompatible/modes.js')
    return createModes(anyRow)
  },
)
