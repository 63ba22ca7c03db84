import type { ConnectionField, Provider } from '../core/provider.js'
import { apis, harms, summaries, thresholds } from './google/options.js'
import { apiKey, headersField, timeoutFields } from './shared/fields.js'
import { lazyEmbeddingProvider, type ProviderFacts, withTokenCount } from './shared/lazyProvider.js'

const fields: readonly ConnectionField[] = [
  {
    id: 'api',
    label: 'API',
    type: 'choice',
    description: 'Interactions is the newer one; nothing is stored at Google with either.',
    options: apis,
  },
  {
    id: 'safety',
    label: 'Safety filter',
    type: 'choice',
    description:
      'Which probability of harm blocks an answer, in every category without its own; Google’s own by default.',
    options: thresholds,
  },
  ...harms.map(
    ({ field, label }): ConnectionField => ({
      id: field,
      label: `Safety filter: ${label.toLowerCase()}`,
      type: 'choice',
      description: `${label}: which probability of it blocks an answer; by default as the safety filter of all categories.`,
      options: thresholds,
    }),
  ),
  {
    id: 'thoughtSummaries',
    label: 'Thought summaries',
    type: 'choice',
    description: 'Whether a model that thinks shows a summary of it; auto where not chosen.',
    options: summaries,
  },
  headersField,
  ...timeoutFields,
]

const facts: ProviderFacts = {
  id: 'google',
  name: 'Google Gemini',
  description: 'Gemini and Gemma models, from Google AI Studio',
  location: 'cloud',
  dataRetention: {
    note: 'With a paid account prompts are kept 55 days to detect abuse, and not trained on; with a free one Google uses them to improve its products.',
    url: 'https://ai.google.dev/gemini-api/terms',
  },
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  key: apiKey(
    'https://aistudio.google.com/apikey',
    'GEMINI_API_KEY',
    'GOOGLE_API_KEY',
    'GOOGLE_GENERATIVE_AI_API_KEY',
  ),
  fields,
}

const gemini = lazyEmbeddingProvider(facts, async () => {
  const { createGemini } = await import('./google/provider.js')
  return createGemini()
})

export const google: Provider = withTokenCount(gemini, () => import('./google/countTokens.js'))
