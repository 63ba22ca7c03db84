import type { ModelInfo } from '../../../../src/core/model.js'
import type { Provider } from '../../../../src/core/provider.js'
import type { ConnectionView } from '../../../../src/core/registry/registry.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

/** 1 January 2026, noon, on this machine's clock. */
export const now = new Date(2026, 0, 1, 12, 0).getTime()

export const cloudProvider: Provider = createScriptedProvider({
  id: 'cloud',
  name: 'Cloudy',
  key: { required: true, environmentVariables: ['CLOUDY_API_KEY', 'CLOUDY_TOKEN'] },
})

export const localProvider: Provider = createScriptedProvider({
  id: 'local',
  name: 'Localhost',
  location: 'local',
})

const { baseUrl: _none, ...withoutServer } = localProvider
export const embeddedProvider: Provider = { ...withoutServer, id: 'llamacpp', name: 'Embedded' }

export function createModel(facts: Partial<ModelInfo> = {}): ModelInfo {
  const id = facts.id ?? 'large'
  return {
    connection: 'work',
    id,
    provider: 'cloud',
    name: id,
    family: 'family',
    version: '1',
    location: 'cloud',
    capabilities: {},
    pricing: {},
    sources: {},
    ...facts,
  }
}

export function createView(facts: Partial<ConnectionView> = {}): ConnectionView {
  return {
    connection: createConnection({ provider: 'cloud' }),
    provider: cloudProvider,
    state: { kind: 'ready' },
    key: { state: 'stored' },
    models: [],
    listedAt: now,
    ...facts,
  }
}

/** What routes are listed under, with one of them. */
export const routes: ConnectionView = createView({
  connection: createConnection({ id: 'auto', name: 'Routes', provider: 'roundhouse' }),
  models: [
    createModel({
      connection: 'auto',
      id: '',
      name: 'Auto',
      description: 'The right model.',
      provider: 'roundhouse',
      capabilities: { imageInput: true },
    }),
  ],
})
