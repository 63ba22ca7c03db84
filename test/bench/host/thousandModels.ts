// The product's language model provider over its own registry, which has read a long list from disk.

import type { Credentials } from '../../../src/core/credentials/credentials.js'
import type { ListedModel } from '../../../src/core/model.js'
import { createRegistry } from '../../../src/core/registry/createRegistry.js'
import { createTokenCounter } from '../../../src/core/tokens/estimate.js'
import { createClock } from '../../../src/platform/clock.js'
import { createChatProvider } from '../../../src/vscode/chatProvider.js'
import { createChatRequests } from '../../../src/vscode/chatRequests.js'
import { createMemoryConnections, createMemoryFiles, createMemoryLog } from '../../fakes/memoryStores.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../fakes/scriptedProvider.js'

export type ProviderUnderTest = ReturnType<typeof createChatProvider>

const noKeys: Credentials = {
  status: () => Promise.resolve({ state: 'notNeeded' }),
  resolve: () => Promise.resolve(undefined),
  store: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  onDidRefuse: () => ({ dispose: () => {} }),
  onDidChange: () => ({ dispose: () => {} }),
  dispose: () => {},
}

function listModels(count: number): ListedModel[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `maker-${index % 40}/model-${index}-instruct`,
    name: `Model ${index} Instruct`,
    contextWindow: 131_072,
    maxOutputTokens: 8_192,
    capabilities: { toolCalling: true, imageInput: index % 3 === 0 },
    pricing: { input: 0.15 + index / 100, output: 0.6 + index / 50 },
  }))
}

/** Makes providers that have told nobody anything yet, over one registry with `count` models. */
export async function createProviderWithModels(count: number): Promise<() => ProviderUnderTest> {
  const provider = createScriptedProvider()
  const clock = createClock()
  const log = createMemoryLog()
  const options = {
    connections: createMemoryConnections([createConnection()]),
    providers: [provider],
    files: createMemoryFiles(),
    credentials: noKeys,
    catalogs: [],
    ports: createProviderPorts(clock),
    inUse: () => true,
  }
  provider.answerLists(listModels(count))
  const earlier = createRegistry(options)
  await earlier.start()
  await earlier.refresh()
  earlier.dispose()
  provider.answerLists({ type: 'hang' })
  const registry = createRegistry(options)
  await registry.start()
  return () => {
    const chat = createChatProvider({
      registry,
      clock,
      ready: Promise.resolve(),
      loadRequests: async () =>
        createChatRequests({
          confirmCost: async (request) => request,
          chat: () => emptyAnswer(),
          tokens: createTokenCounter(),
          clock,
          log,
          onLimited: () => {},
          readCallerContext: () => ({}),
          onAnswered: () => undefined,
          onFailed: () => {},
        }),
    })
    return {
      ...chat,
      dispose() {
        chat.dispose()
        registry.dispose()
      },
    }
  }
}

async function* emptyAnswer(): AsyncGenerator<never> {}
