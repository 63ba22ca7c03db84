import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CacheSettings, defaultCacheSettings } from '../../src/core/cache/policy.js'
import { createCredentials } from '../../src/core/credentials/createCredentials.js'
import type { ListedModel, Usage } from '../../src/core/model.js'
import type { Connection, EmbedRequest, ProviderContext, RerankRequest } from '../../src/core/provider.js'
import { createRegistry } from '../../src/core/registry/createRegistry.js'
import type { Budget } from '../../src/core/usage/budget.js'
import { createManualClock } from './manualClock.js'
import {
  createMemoryConnections,
  createMemoryFiles,
  createMemoryLog,
  createMemorySecrets,
} from './memoryStores.js'
import { openPipeline } from './pipelines.js'
import { createRequestPolicies } from './requestPolicies.js'
import { createConnection, createProviderPorts, createScriptedProvider } from './scriptedProvider.js'
import { createUsage } from './usagePipeline.js'

interface RetrievalConnection extends Partial<Pick<Connection, 'limits' | 'cache'>> {
  readonly models: readonly ListedModel[]
  readonly location?: 'cloud' | 'local'
  /** False for a provider that only chats. */
  readonly retrieves?: boolean
  /** False where nothing is listed before somebody asks. */
  readonly listed?: boolean
}

export interface RetrievalOptions {
  readonly connections: Readonly<Record<string, RetrievalConnection>>
  readonly budgets?: readonly Budget[]
  readonly cache?: Partial<CacheSettings>
  readonly isLocalOnly?: () => boolean
  readonly embedText?: (text: string) => readonly number[]
  /** Tokens that the server says each call has used; ten for each text if absent. */
  readonly statedTokens?: number
}

/** What each call of a provider does before it answers, in turn; the last one is repeated. */
type Fate = (context: ProviderContext) => Promise<void> | void

export const embedder: ListedModel = {
  id: 'embedder',
  name: 'Embedder',
  capabilities: { embedding: true },
  pricing: { input: 1 },
}
export const ranker: ListedModel = { id: 'ranker', name: 'Ranker', capabilities: { reranking: true } }
export const talker: ListedModel = { id: 'talker', name: 'Talker', capabilities: { toolCalling: true } }

/** No two texts of a test have the same length. */
export const vectorOf = (text: string): readonly number[] => [text.length, 0.5]

function createRetriever(
  id: string,
  { location = 'cloud', retrieves = true, models }: RetrievalConnection,
  { embedText = vectorOf, statedTokens }: RetrievalOptions,
) {
  const asked: (EmbedRequest | RerankRequest)[] = []
  const fates: Fate[] = []
  const usageOf = (texts: readonly string[]): Usage =>
    createUsage({ inputTokens: statedTokens ?? 10 * texts.length })
  const suffer = async (request: EmbedRequest | RerankRequest, context: ProviderContext) => {
    asked.push(request)
    await (fates.length > 1 ? fates.shift() : fates[0])?.(context)
  }
  const provider = createScriptedProvider({
    id,
    name: id,
    location,
    ...(retrieves && {
      async embed(request, context) {
        await suffer(request, context)
        return { embeddings: request.inputs.map(embedText), usage: usageOf(request.inputs) }
      },
      async rerank(request, context) {
        await suffer(request, context)
        const { documents, query } = request
        const scores = documents.map((document) => Number(document.includes(query)))
        return { scores, usage: usageOf(documents) }
      },
    }),
  })
  provider.answerLists(models)
  return { provider, asked, meet: (...next: Fate[]) => void fates.splice(0, fates.length, ...next) }
}

function policiesOf({ budgets = [], cache = {}, isLocalOnly = () => false }: RetrievalOptions) {
  return createRequestPolicies({
    isLocalOnly,
    budgets: () => budgets,
    cache: () => ({ ...defaultCacheSettings, embeddings: true, store: 'memory', ...cache }),
  })
}

/** The product's own way of a request, with a real database, over connections that do what a test says. */
export async function createRetrieval(options: RetrievalOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-retrieval-'))
  const clock = createManualClock()
  const log = createMemoryLog()
  const entries = Object.entries(options.connections)
  const retrievers = new Map(
    entries.map(([id, connection]) => [id, createRetriever(id, connection, options)]),
  )
  const providers = Array.from(retrievers.values(), ({ provider }) => provider)
  const connections = entries.map(([id, { limits, cache }]) =>
    createConnection({ id, name: id, provider: id, ...(limits && { limits }), ...(cache && { cache }) }),
  )
  const credentials = createCredentials({ secrets: createMemorySecrets(), providers, environment: {}, log })
  const ports = { ...createProviderPorts(clock), log }
  const registry = createRegistry({
    connections: createMemoryConnections(connections),
    providers,
    credentials,
    files: createMemoryFiles(),
    catalogs: [],
    ports,
    inUse: () => true,
  })
  await registry.start()
  for (const [id, { listed = true }] of entries) if (listed) await registry.refresh(id)
  const pipeline = await openPipeline({
    folder,
    registry,
    credentials,
    ports,
    policies: policiesOf(options),
    inUse: () => true,
  })
  return {
    clock,
    log,
    registry,
    pipeline,
    of: (id: string) => retrievers.get(id) ?? assert.fail(`There is no connection ${id}.`),
    rows: () => Array.from(pipeline.attempts({ from: 0, to: Number.MAX_SAFE_INTEGER })),
    close() {
      pipeline.dispose()
      registry.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Retrieval = Awaited<ReturnType<typeof createRetrieval>>

/** To be called in a suite: what its tests have opened is closed after each. */
export function openRetrievals(): (options: RetrievalOptions) => Promise<Retrieval> {
  const opened: Retrieval[] = []
  afterEach(() => {
    for (const retrieval of opened.splice(0)) retrieval.close()
  })
  return async (options) => {
    const retrieval = await createRetrieval(options)
    opened.push(retrieval)
    return retrieval
  }
}
