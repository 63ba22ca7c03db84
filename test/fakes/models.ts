import type { ModelInfo } from '../../src/core/model.js'

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
