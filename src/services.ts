import { join } from 'node:path'
import * as vscode from 'vscode'
import { type ChatRequest, compose } from './core/chat.js'
import { createCredentials } from './core/credentials/createCredentials.js'
import { rememberSecrets } from './core/credentials/recentSecrets.js'
import { createRefreshKey } from './core/credentials/refreshKey.js'
import { createLateChat, createRetriedLoad } from './core/lateChat.js'
import { createDefaultParameters } from './core/parameters/defaults.js'
import type { Disposable, Log } from './core/ports.js'
import type { ProviderPorts } from './core/provider.js'
import type { Connections } from './core/registry/connections.js'
import { createConnectionTests } from './core/registry/connectionTests.js'
import { createRegistry } from './core/registry/createRegistry.js'
import { createAttempt } from './core/routing/attempt.js'
import { keepLocal } from './core/routing/localOnly.js'
import { createRoutedRegistry } from './core/routing/routedRegistry.js'
import type { RouteSetting } from './core/routing/routes.js'
import { createRouteTable } from './core/routing/routeTable.js'
import { calibrateTokens } from './core/tokens/calibration.js'
import { createTokenCounter } from './core/tokens/estimate.js'
import { type AuditedSetting, auditedConnections } from './core/usage/auditTrail.js'
import { refuseWithoutLedger } from './core/usage/withoutLedger.js'
import { createClock } from './platform/clock.js'
import { createFileStore } from './platform/fileStore.js'
import { createEmbeddedEngine } from './platform/llama/engine.js'
import { createLocalFetch } from './platform/localFetch.js'
import { createModelsDevCatalog } from './platform/modelsDev.js'
import { createPriceSnapshot } from './platform/prices.js'
import { providers } from './providers/index.js'
import { readCallerContext } from './vscode/callerContext.js'
import { createChatProvider, type HostProvider } from './vscode/chatProvider.js'
import { createWorkbench, type Workbench } from './vscode/commands/workbench.js'
import type { RedactedLog } from './vscode/log.js'
import { createNotices } from './vscode/notices.js'
import { createPolicies, type Policies } from './vscode/policies/policies.js'
import {
  createConnections,
  createDefaultModel,
  createParameterTemplates,
  createSetting,
} from './vscode/settings.js'
import { settingsTable } from './vscode/settingsTable.js'
import { createSecretStore } from './vscode/stores.js'
import { createUsageNotices } from './vscode/usageNotices.js'

/** What the doors lead to. */
export interface Services extends Disposable, Pick<Workbench, 'loadHandlers'> {
  readonly chatProvider: HostProvider
}

const executeCommand = async (command: string, ...args: unknown[]) =>
  await vscode.commands.executeCommand(command, ...args)

const loadUi = async () => (await import('./vscode/commands/vscodeUi.js')).createUi()

const inUse = () => vscode.window.state.focused

/** What everything else needs: time, the embedded engine, and the providers' ports. */
function createFoundations(context: vscode.ExtensionContext, { log, redactor }: RedactedLog) {
  const { env: environment } = process
  const clock = createClock()
  const engine = createEmbeddedEngine({
    program: { path: join(context.extensionPath, 'dist', 'llama', 'child.mjs') },
    builtinFolder: join(context.extensionPath, 'dist', 'models'),
    allowed: () => vscode.workspace.isTrusted,
    clock,
    log,
    environment,
  })
  const local = createLocalFetch()
  const ports: ProviderPorts = {
    fetch: (input, init) => fetch(input, init),
    localFetch: local.fetch,
    engine,
    clock,
    log,
    notices: createNotices({ loadUi, log }),
    environment,
  }
  const redact = (text: string) => redactor.redact(text)
  return { environment, log, redact, clock, engine, local, ports }
}

type Foundations = ReturnType<typeof createFoundations>
type Models = ReturnType<typeof createModels>

/** The connections, their keys and their models. */
function createModels(context: vscode.ExtensionContext, { redactor }: RedactedLog, foundations: Foundations) {
  const { environment, log, clock, ports } = foundations
  const files = createFileStore(context.globalStorageUri.fsPath)
  const isCatalogEnabled = createSetting(settingsTable.catalogEnabled, log)
  const catalogUrl = createSetting(settingsTable.catalogUrl, log)
  const settings = () => ({ enabled: isCatalogEnabled.get(), url: catalogUrl.get() })
  const catalog = createModelsDevCatalog({ fetch: ports.fetch, clock, log, files, providers, settings })
  const catalogs = [catalog, createPriceSnapshot({ clock, log })]
  const tests = createConnectionTests({ files, clock, log })
  const connections = createConnections(providers, environment, log)
  const secrets = rememberSecrets(createSecretStore(context.secrets), clock)
  const credentials = createCredentials({
    secrets,
    providers,
    environment,
    log,
    register: (secret) => redactor.register(secret),
  })
  const registry = createRegistry({
    connections,
    credentials,
    providers,
    ports,
    files,
    catalogs,
    tests,
    inUse,
  })
  const resources = [
    connections,
    secrets,
    credentials,
    registry,
    catalog,
    tests,
    isCatalogEnabled,
    catalogUrl,
  ]
  return { connections, secrets, credentials, registry, catalogs, tests, resources }
}

/** Settings whose changes are put on record. */
function createAudited(
  connections: Connections,
  policies: Policies,
  routes: () => ReadonlyMap<string, RouteSetting>,
): readonly AuditedSetting[] {
  const budgets = () => new Map(policies.budgets().map((budget) => [budget.id, budget]))
  return [
    {
      subject: 'connection',
      entries: () => auditedConnections(connections.list()),
      onDidChange: connections.onDidChange,
    },
    { subject: 'route', entries: routes, onDidChange: policies.onDidChangeRoutes },
    { subject: 'budget', entries: budgets, onDidChange: policies.onDidChangeBudgets },
  ]
}

/** The way of a request. It is loaded when the lists are there, or with the first request. */
function createRequests(
  context: vscode.ExtensionContext,
  { log, redact, ports }: Foundations,
  {
    registry,
    credentials,
    secrets,
    connections,
  }: Pick<Models, 'registry' | 'credentials' | 'secrets' | 'connections'>,
) {
  const tokens = createTokenCounter()
  const templates = createParameterTemplates(log)
  const policies = createPolicies({ log, connections: () => connections.list() })
  const defaults = createDefaultParameters({ templates: () => templates.get(), log })
  const notices = createUsageNotices({ loadUi, host: { execute: executeCommand }, log })
  const common = { registry, credentials, ports, defaults }
  const routes = createRouteTable(policies)
  const refreshKey = createRefreshKey({
    credentials,
    secrets,
    connection: (id) => registry.view(id)?.connection,
  })
  const loadPipeline = createRetriedLoad(async () => {
    const { createPipeline } = await import('./pipeline/createPipeline.js')
    return await createPipeline({
      ...common,
      folder: context.globalStorageUri.fsPath,
      version: String(context.extension.packageJSON.version),
      tokens,
      policies: { ...policies, routes },
      audited: createAudited(connections, policies, routes),
      redact,
      inUse,
      refreshKey,
      onBudgetWarning: (warning) => notices.budget(warning),
      onAlert: (alert, silence) => notices.alert(alert, silence),
    })
  })
  const chat = createLateChat({
    load: async () => (await loadPipeline()).chat,
    plain: compose(
      [keepLocal({ isLocalOnly: policies.isLocalOnly, registry }), calibrateTokens(tokens)],
      createAttempt(common),
    ),
    allowPlain: (cause) => refuseWithoutLedger(policies.budgets(), cause),
    log,
  })
  const close = async () => (await loadPipeline.loaded())?.dispose()
  const dispose = () => void close().catch(() => {})
  const routed = createRoutedRegistry(registry, { routes, onDidChangeRoutes: policies.onDidChangeRoutes })
  const resources = [templates, policies, { dispose }]
  return { tokens, policies, templates, routed, chat, loadPipeline, resources }
}

/** The question is loaded when it is first wanted. */
function createConfirmCost({ policies, loadPipeline }: ReturnType<typeof createRequests>, log: Log) {
  const loadCostQuestion = createRetriedLoad(async () => {
    const { createCostQuestion } = await import('./vscode/costQuestion.js')
    const loadQuote = async () => (await loadPipeline()).quote
    return createCostQuestion({ confirmAboveUsd: policies.confirmAboveUsd, loadQuote, loadUi, log })
  })
  return async (request: ChatRequest, signal: AbortSignal) =>
    policies.confirmAboveUsd() > 0 ? await (await loadCostQuestion())(request, signal) : request
}

/** What the user works with: Chat, the tree, the status bar and the commands. */
function createDoors(
  context: vscode.ExtensionContext,
  redacted: RedactedLog,
  { foundations, models, requests, ready }: Behind,
) {
  const { environment, log, clock, engine, ports } = foundations
  const { catalogs, tests, resources: _, secrets: __, ...shown } = models
  const { chat, tokens, routed, policies, templates, loadPipeline } = requests
  const defaultModel = createDefaultModel(log)
  const registry = routed
  const chatProvider = createChatProvider({
    registry,
    chat,
    confirmCost: createConfirmCost(requests, log),
    tokens,
    clock,
    log,
    ready,
    readCallerContext,
  })
  const workbench = createWorkbench({
    ...shown,
    routed,
    providers,
    environment,
    testConnection: (candidate, signal) => tests.run({ ...candidate, ports, catalogs, signal }),
    rememberTest: (connection) => tests.remember(connection),
    inspectModelFile: (file, signal) => engine.inspect(file, signal),
    parameterTemplates: templates,
    loadPipeline,
    timeZone: policies.timeZone,
    keepsAnswers: () => policies.cache().completions,
    defaultModel,
    memory: context.globalState,
    showLog: () => redacted.channel.show(),
    clock,
    log,
  })
  return { chatProvider, workbench, resources: [defaultModel, chatProvider, workbench] }
}

interface Behind {
  readonly foundations: Foundations
  readonly models: Models
  readonly requests: ReturnType<typeof createRequests>
  readonly ready: Promise<void>
}

/** Builds everything behind the doors and starts to read settings and lists. */
export function createServices(context: vscode.ExtensionContext, redacted: RedactedLog): Services {
  const foundations = createFoundations(context, redacted)
  const { engine, local, log } = foundations
  const models = createModels(context, redacted, foundations)
  const requests = createRequests(context, foundations, models)
  const ready = models.registry.start()
  ready
    .then(() => requests.loadPipeline())
    .catch((error: unknown) => log.error('Usage cannot be recorded', error))
  const { chatProvider, workbench, resources } = createDoors(context, redacted, {
    foundations,
    models,
    requests,
    ready,
  })
  const owned = vscode.Disposable.from(
    engine,
    local,
    ...models.resources,
    ...requests.resources,
    ...resources,
  )
  return { chatProvider, loadHandlers: () => workbench.loadHandlers(), dispose: () => void owned.dispose() }
}
