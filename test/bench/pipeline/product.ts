// The product's own way of a request, set up as the extension does it, on real files, with everything on.
import { type CacheSettings, defaultCacheSettings } from '../../../src/core/cache/policy.js'
import type { ChatRequest } from '../../../src/core/chat.js'
import { createCredentials } from '../../../src/core/credentials/createCredentials.js'
import type { Connection } from '../../../src/core/provider.js'
import { createRegistry } from '../../../src/core/registry/createRegistry.js'
import { type Budget, budgetDefaults } from '../../../src/core/usage/budget.js'
import { createClock } from '../../../src/platform/clock.js'
import { createFileStore } from '../../../src/platform/fileStore.js'
import { createLocalFetch } from '../../../src/platform/localFetch.js'
import { providers } from '../../../src/providers/index.js'
import { createMemoryConnections, createMemoryLog, createMemorySecrets } from '../../fakes/memoryStores.js'
import { openPipeline } from '../../fakes/pipelines.js'
import { createRequestPolicies } from '../../fakes/requestPolicies.js'
import { createConnection, createProviderPorts } from '../../fakes/scriptedProvider.js'
import type { Ask } from './contestants.js'

export interface Product {
  readonly ask: Ask
  dispose(): void
}

const cache: CacheSettings = { ...defaultCacheSettings, completions: true }
const budgets: readonly Budget[] = [{ ...budgetDefaults, id: 'month', name: 'A month', limit: 1_000_000 }]

/** One connection with a price and limits, and so with something to reserve and to count. */
function createPricedConnection(origin: string): Connection {
  return createConnection({
    provider: 'openai-compatible',
    baseUrl: `${origin}/v1`,
    models: { bench: { pricing: { input: 1, output: 2 } } },
    limits: { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000, requestsAtOnce: 8 },
  })
}

export async function createProduct(origin: string, folder: string): Promise<Product> {
  const clock = createClock()
  const connection = createPricedConnection(origin)
  const local = createLocalFetch()
  const log = createMemoryLog()
  const ports = { ...createProviderPorts(clock), log, fetch, localFetch: local.fetch }
  const credentials = createCredentials({ secrets: createMemorySecrets(), providers, environment: {}, log })
  await credentials.store(connection, 'bench')
  const registry = createRegistry({
    connections: createMemoryConnections([connection]),
    providers,
    credentials,
    files: createFileStore(folder),
    catalogs: [],
    ports,
    inUse: () => false,
  })
  await registry.start()
  await registry.refresh()
  const pipeline = await openPipeline({
    folder,
    registry,
    credentials,
    ports,
    policies: createRequestPolicies({ budgets: () => budgets, cache: () => cache }),
  })
  return {
    async ask(text) {
      const request: ChatRequest = {
        model: { connection: connection.id, id: 'bench' },
        messages: [{ role: 'user', content: [{ type: 'text', text }] }],
        parameters: { temperature: 0 },
        caller: { door: 'api' },
      }
      let answer = ''
      for await (const part of pipeline.chat(request, new AbortController().signal)) {
        if (part.type === 'text') answer += part.text
      }
      return answer
    },
    dispose() {
      pipeline.dispose()
      registry.dispose()
      local.dispose()
    },
  }
}
