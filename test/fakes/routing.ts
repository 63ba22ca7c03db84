import assert from 'node:assert/strict'
import type { ChatRequest, ResponsePart } from '../../src/core/chat.js'
import { createCredentials } from '../../src/core/credentials/createCredentials.js'
import { type ErrorCode, isModelError, ModelError, type ModelErrorDetails } from '../../src/core/errors.js'
import { formatModelRef, type ListedModel, parseModelRef } from '../../src/core/model.js'
import { createRegistry } from '../../src/core/registry/createRegistry.js'
import { createAttempt } from '../../src/core/routing/attempt.js'
import { createBreaker } from '../../src/core/routing/breaker.js'
import { createMemoryCircuitStore } from '../../src/core/routing/circuitStore.js'
import { createDecisionLog } from '../../src/core/routing/decisions.js'
import { createPlanner, type PlannerOptions } from '../../src/core/routing/planner.js'
import { createRecentAnswers } from '../../src/core/routing/recent.js'
import { createRouter, type RouterOptions } from '../../src/core/routing/router.js'
import { type RouteSetting, resolveRoutes } from '../../src/core/routing/routes.js'
import { createManualClock, type ManualClock } from './manualClock.js'
import {
  createMemoryConnections,
  createMemoryFiles,
  createMemoryLog,
  createMemorySecrets,
} from './memoryStores.js'
import { welcomeModel } from './models.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
  type ScriptedProvider,
} from './scriptedProvider.js'

interface RoutedConnection {
  readonly models: readonly ListedModel[]
  readonly location?: 'cloud' | 'local'
}

export interface RoutedOptions {
  readonly connections: Readonly<Record<string, RoutedConnection>>
  readonly routes?: readonly RouteSetting[]
  readonly planner?: Partial<PlannerOptions>
  readonly router?: Partial<RouterOptions>
  readonly clock?: ManualClock
  /** The connection that comes with the extension is there where this is absent, as it is for most users. */
  readonly defaultConnection?: 'removed'
}

/** How one request went: the parts that came, and the failure where it failed. */
export interface RoutedAnswer {
  readonly parts: ResponsePart[]
  readonly text: string
  /** The reference of the model that answered. */
  readonly model: string | undefined
  readonly reason: string | undefined
  readonly error: ModelError | undefined
}

export const answered = (text = 'Hello') =>
  [
    { type: 'text', text },
    { type: 'finish', reason: 'stop' },
  ] as const

export function failed(code: ErrorCode, details: Partial<ModelErrorDetails> = {}) {
  return [{ type: 'fail', error: new ModelError({ code, message: `It says ${code}.`, ...details }) }] as const
}

export const transient = (code: ErrorCode = 'overloaded', retryAfterMs?: number) =>
  failed(code, { retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })

export function requestOf(model: string, patch: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: parseModelRef(model) ?? assert.fail(`“${model}” names no model`),
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    caller: { door: 'api' },
    ...patch,
  }
}

const builtin = 'llamacpp'

function defaultConnections({ defaultConnection }: RoutedOptions): RoutedOptions['connections'] {
  return defaultConnection === 'removed' ? {} : { [builtin]: { models: [welcomeModel], location: 'local' } }
}

async function createModels(options: RoutedOptions, clock: ManualClock) {
  const providers: Record<string, ScriptedProvider> = {}
  const connected = { ...defaultConnections(options), ...options.connections }
  for (const [id, { models, location = 'cloud' }] of Object.entries(connected)) {
    const provider = createScriptedProvider({ id, name: id, location })
    provider.answerLists(models)
    provider.answerChats(answered())
    providers[id] = provider
  }
  const ports = createProviderPorts(clock)
  const table = Object.values(providers)
  const log = createMemoryLog()
  const credentials = createCredentials({
    secrets: createMemorySecrets(),
    providers: table,
    environment: {},
    log,
  })
  const connections = Object.keys(providers).map((id) => createConnection({ id, name: id, provider: id }))
  const registry = createRegistry({
    connections: createMemoryConnections(connections),
    providers: table,
    credentials,
    files: createMemoryFiles(),
    catalogs: [],
    ports,
    inUse: () => true,
  })
  await registry.start()
  await registry.refresh()
  const attempt = createAttempt({ registry, credentials, ports })
  return { providers, registry, attempt, log }
}

export async function collectAnswer(parts: AsyncIterable<ResponsePart>): Promise<RoutedAnswer> {
  const seen: ResponsePart[] = []
  let error: ModelError | undefined
  try {
    for await (const part of parts) seen.push(part)
  } catch (thrown) {
    if (!isModelError(thrown)) throw thrown
    error = thrown
  }
  const routes = seen.filter((part) => part.type === 'route')
  assert.ok(routes.length <= 1 && routes[0] === seen.find((part) => part.type === 'route'))
  return {
    parts: seen,
    text: seen.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    model: routes[0] === undefined ? undefined : formatModelRef(routes[0].model),
    reason: routes[0]?.reason,
    error,
  }
}

/** A router over connections whose providers do what a test says; everything else is the product's own. */
export async function createRouting(options: RoutedOptions) {
  const clock = options.clock ?? createManualClock()
  const { providers, registry, attempt, log } = await createModels(options, clock)
  const breaker = createBreaker({ store: createMemoryCircuitStore(), clock, log })
  const recent = createRecentAnswers({ clock })
  const decisions = createDecisionLog()
  let requests = 0
  const random = () => 0.5
  const planner = createPlanner({
    models: () => registry.models(),
    estimateInput: ({ messages }) => JSON.stringify(messages).length,
    breaker,
    recent,
    clock,
    random,
    ...options.planner,
  })
  const routes = resolveRoutes(options.routes ?? [])
  const chat = createRouter({
    registry,
    attempt,
    planner,
    breaker,
    recent,
    decisions,
    routes: () => routes,
    clock,
    random,
    createId: () => `request-${++requests}`,
    ...options.router,
  })
  const provider = (id: string): ScriptedProvider => providers[id] ?? assert.fail(`no connection ${id}`)
  return {
    clock,
    registry,
    breaker,
    decisions,
    planner,
    routes,
    chat,
    provider,
    /** Runs to the end, or to its first wait. */
    ask: (model: string, patch: Partial<ChatRequest> = {}, signal = new AbortController().signal) =>
      collectAnswer(chat(requestOf(model, patch), signal)),
    /** How often each connection was called; the default one only where it was. */
    calls: () =>
      Object.fromEntries(
        Object.entries(providers).flatMap(([id, { chats }]) =>
          id === builtin && chats.length === 0 ? [] : [[id, chats.length]],
        ),
      ),
  }
}
