import type { ListedModel, ModelInfo } from '../../src/core/model.js'

/** A model of the connection `work` in a cloud, of which nothing else is known than what the test says. */
export function createModel(facts: Partial<ModelInfo> = {}): ModelInfo {
  return {
    connection: 'work',
    id: 'm',
    provider: 'scripted',
    name: facts.id ?? 'm',
    family: 'm',
    version: '1',
    location: 'cloud',
    capabilities: {},
    pricing: {},
    sources: {},
    ...facts,
  }
}

/** What the default connection lists: the model that comes with the extension. */
export const welcomeModel: ListedModel = {
  id: 'welcome',
  name: 'Roundhouse Welcome',
  family: 'roundhouse-welcome',
  contextWindow: 262_144,
  maxOutputTokens: 4_096,
  capabilities: { toolCalling: true, imageInput: false, structuredOutput: true, embedding: false },
  byNameOnly: true,
}
