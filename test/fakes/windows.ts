import { builtinPrefix } from '../../src/core/builtinFiles.js'
import type { ChatRequest } from '../../src/core/chat.js'
import { createCredentials } from '../../src/core/credentials/createCredentials.js'
import type { EmbeddedEngine } from '../../src/core/ports.js'
import type { Connection, ProviderPorts } from '../../src/core/provider.js'
import { createRegistry } from '../../src/core/registry/createRegistry.js'
import type { RequestPolicies } from '../../src/core/requestPolicies.js'
import type { AuditedSetting } from '../../src/core/usage/auditTrail.js'
import type { BudgetWarning } from '../../src/core/usage/budgetWarnings.js'
import { createClock } from '../../src/platform/clock.js'
import { providers } from '../../src/providers/index.js'
import { createMemoryConnections, createMemoryFiles, createMemorySecrets } from './memoryStores.js'
import { welcomeModel } from './models.js'
import { openPipeline } from './pipelines.js'
import { createRequestPolicies } from './requestPolicies.js'
import { collectAnswer, requestOf } from './routing.js'
import { createConnection, createProviderPorts } from './scriptedProvider.js'

export interface WindowOptions {
  /** The extension's storage, which windows share. */
  readonly folder: string
  readonly connections: readonly Connection[]
  readonly wishes?: Partial<RequestPolicies>
  readonly audited?: readonly AuditedSetting[]
}

/** The embedded engine with no file but the one that comes with the extension. */
function createWelcomeEngine(ports: ProviderPorts): EmbeddedEngine {
  const { id: _, byNameOnly: __, ...facts } = welcomeModel
  return {
    ...ports.engine,
    inspect: async () => facts,
    async *chat() {
      yield { type: 'text', text: 'Welcome.' }
      yield { type: 'finish', reason: 'stop' }
    },
  }
}

/** The connection that comes with the extension, as the setting's default has it. */
const defaultConnection = createConnection({
  id: 'llamacpp',
  provider: 'llamacpp',
  fields: { files: [`${builtinPrefix}welcome.gguf`] },
})

/** One window of VS Code as the product builds it: lists of its own, the shared database, real providers and requests. */
export async function openWindow({ folder, connections, wishes = {}, audited = [] }: WindowOptions) {
  const given = createProviderPorts(createClock())
  const ports = { ...given, engine: createWelcomeEngine(given), fetch, localFetch: fetch }
  const { log } = ports
  const credentials = createCredentials({ secrets: createMemorySecrets(), providers, environment: {}, log })
  for (const connection of connections) await credentials.store(connection, 'a-key')
  const registry = createRegistry({
    connections: createMemoryConnections([defaultConnection, ...connections]),
    providers,
    credentials,
    files: createMemoryFiles(),
    catalogs: [],
    ports,
    inUse: () => false,
  })
  await registry.start()
  await registry.refresh()
  const warnings: BudgetWarning[] = []
  const pipeline = await openPipeline({
    folder,
    registry,
    credentials,
    ports,
    policies: createRequestPolicies(wishes),
    audited,
    onBudgetWarning: (warning) => void warnings.push(warning),
  })
  return {
    pipeline,
    warnings,
    ask: (model: string, patch: Partial<ChatRequest> = {}) =>
      collectAnswer(pipeline.chat(requestOf(model, patch), new AbortController().signal)),
    dispose() {
      pipeline.dispose()
      registry.dispose()
    },
  }
}
