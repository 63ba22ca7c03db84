import { join } from 'node:path'
import * as vscode from 'vscode'
import { compose } from './core/chat.js'
import { createCredentials } from './core/credentials/createCredentials.js'
import { createDefaultParameters } from './core/parameters/defaults.js'
import type { ProviderPorts } from './core/provider.js'
import { createRedactor } from './core/redact.js'
import { createConnectionTests } from './core/registry/connectionTests.js'
import { createRegistry } from './core/registry/createRegistry.js'
import type { Registry } from './core/registry/registry.js'
import { createAttempt } from './core/routing/attempt.js'
import { calibrateTokens } from './core/tokens/calibration.js'
import { createTokenCounter } from './core/tokens/estimate.js'
import { createClock } from './platform/clock.js'
import { createFileStore } from './platform/fileStore.js'
import { createEmbeddedEngine } from './platform/llama/engine.js'
import { createModelsDevCatalog } from './platform/modelsDev.js'
import { createPriceSnapshot } from './platform/prices.js'
import { providers } from './providers/index.js'
import { createChatProvider } from './vscode/chatProvider.js'
import { createWorkbench } from './vscode/commands/workbench.js'
import { createLog } from './vscode/log.js'
import { createNotices } from './vscode/notices.js'
import {
  createConnections,
  createDefaultModel,
  createParameterTemplates,
  readCatalogSettings,
} from './vscode/settings.js'
import { createSecretStore } from './vscode/stores.js'

const vendor = 'roundhouse'

const loadUi = async () => (await import('./vscode/commands/vscodeUi.js')).createUi()

/** What everything else needs: time, the log, and the providers' ports. */
function createFoundations(context: vscode.ExtensionContext) {
  const { env: environment } = process
  const channel = vscode.window.createOutputChannel('Roundhouse', { log: true })
  const redactor = createRedactor()
  const log = createLog(channel, redactor)
  const clock = createClock()
  const engine = createEmbeddedEngine({
    program: { path: join(context.extensionPath, 'dist', 'llama', 'child.mjs') },
    builtinFolder: join(context.extensionPath, 'dist', 'models'),
    allowed: () => vscode.workspace.isTrusted,
    clock,
    log,
    environment,
  })
  const ports: ProviderPorts = {
    fetch: (input, init) => fetch(input, init),
    engine,
    clock,
    log,
    notices: createNotices({ loadUi, log }),
    environment,
  }
  context.subscriptions.push(channel, engine)
  return { environment, channel, redactor, log, clock, engine, ports }
}

type Foundations = ReturnType<typeof createFoundations>

/** The connections, their keys and their models. */
function createModels(context: vscode.ExtensionContext, foundations: Foundations) {
  const { environment, redactor, log, clock, ports } = foundations
  const files = createFileStore(context.globalStorageUri.fsPath)
  const settings = readCatalogSettings
  const catalog = createModelsDevCatalog({ fetch: ports.fetch, clock, log, files, providers, settings })
  const catalogs = [catalog, createPriceSnapshot({ clock, log })]
  const tests = createConnectionTests({ files, clock, log })
  const connections = createConnections(providers, environment, log)
  const credentials = createCredentials({
    secrets: createSecretStore(context.secrets),
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
    inUse: () => vscode.window.state.focused,
  })
  context.subscriptions.push(connections, credentials, registry, catalog, tests)
  return { connections, credentials, registry, catalogs, tests }
}

/** Reading settings and lists waits until activation has returned: VS Code's start does not wait for it. */
function startSoon(registry: Registry): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve(registry.start())))
}

/** Builds the services and hands every resource to VS Code; the work itself begins when something asks for it. */
export function activate(context: vscode.ExtensionContext): void {
  const foundations = createFoundations(context)
  const { environment, channel, log, clock, engine, ports } = foundations
  const { catalogs, tests, ...models } = createModels(context, foundations)
  const { registry, credentials } = models
  const defaultModel = createDefaultModel()
  const tokens = createTokenCounter()
  const templates = createParameterTemplates(log)
  const defaults = createDefaultParameters({ templates: () => templates.get(), log })
  const chat = compose([calibrateTokens(tokens)], createAttempt({ registry, credentials, ports, defaults }))
  const ready = startSoon(registry)
  const chatProvider = createChatProvider({ registry, chat, tokens, clock, log, ready })
  const workbench = createWorkbench({
    ...models,
    providers,
    environment,
    testConnection: (candidate, signal) => tests.run({ ...candidate, ports, catalogs, signal }),
    rememberTest: (connection) => tests.remember(connection),
    inspectModelFile: (file, signal) => engine.inspect(file, signal),
    defaultModel,
    memory: context.globalState,
    showLog: () => channel.show(),
    clock,
    log,
  })
  const registration = vscode.lm.registerLanguageModelChatProvider(vendor, chatProvider)
  context.subscriptions.push(defaultModel, templates, chatProvider, workbench, registration)
}
