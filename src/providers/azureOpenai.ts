import type { ConnectionField } from '../core/provider.js'
import { openaiCompatible } from './openaiCompatible.js'
import { usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, extraBodyField, headersField, modelIdsField, timeoutFields } from './shared/fields.js'

const deploymentsField: ConnectionField = {
  ...modelIdsField,
  label: 'Deployments',
  description: 'The deployments to offer, by the names that they have in Azure, which lists none of them.',
  placeholder: 'gpt-5, text-embedding-3-small',
  required: true,
  asked: true,
}

const keyHeaderField: ConnectionField = {
  id: 'keyHeader',
  label: 'Key is',
  type: 'choice',
  description: 'api-key: a key of the resource, as is the rule; bearer: a token of Microsoft Entra ID.',
  options: ['api-key', 'bearer'],
}

const apiVersionField: ConnectionField = {
  id: 'apiVersion',
  label: 'API version',
  type: 'text',
  description:
    'A dated version, such as 2025-04-01-preview, where each deployment is to be asked at an address of its own; the v1 API where nothing is said.',
}

export const azureOpenai = openaiCompatible({
  id: 'azure-openai',
  name: 'Azure OpenAI',
  description: 'Your own deployments in Azure, at https://….openai.azure.com',
  dataRetention: {
    note: 'Requests and answers train no models; they are kept for up to 30 days to look into abuse, unless the subscription is exempt.',
    url: 'https://learn.microsoft.com/en-us/legal/cognitive-services/openai/data-privacy',
  },
  baseUrlVariable: 'AZURE_OPENAI_ENDPOINT',
  customerHosts: [
    'openai.azure.com',
    'cognitiveservices.azure.com',
    'services.ai.azure.com',
    'openai.azure.us',
    'openai.azure.cn',
  ],
  key: apiKey('https://portal.azure.com', 'AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'),
  fields: [deploymentsField, keyHeaderField, apiVersionField, headersField, extraBodyField, ...timeoutFields],
  authorization: 'api-key',
  embeddings: usualEmbeddings,
  loadWays: async () => (await import('./azureOpenai/ways.js')).ways,
})
