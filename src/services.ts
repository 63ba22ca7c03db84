import { join } from 'node:path'
import * as vscode from 'vscode'
import { compose } from './core/chat.js'
import { createCredentials } from './core/credentials/createCredentials.js'
import { rememberSecrets } from './core/credentials/recentSecrets.js'
import { createDefaultParameters } from './core/parameters/defaults.js'
import type { Disposable } from './core/ports.js'
import type { ProviderPorts } from './core/provider.js'
import { createConnectionTests } from './core/registry/connectionTests.js'
import { createRegistry } from './core/registry/createRegistry.js'
import { createAttempt } from './core/routing/attempt.js'
import { calibrateTokens } from './core/tokens/calibration.js'
import { createTokenCounter } from './core/tokens/estimate.js'
import { createClock } from './platform/clock.js'
import { createFileStore } from './platform/fileStore.js'
import { createEmbeddedEngine } from './platform/llama/engine.js'
import { createLocalFetch } from './platform/localFetch.js'
import { createModelsDevCatalog } from './platform/modelsDev.js'
import { createPriceSnapshot } from './platform/prices.js'
import { providers } from './providers/index.js'
import { createChatProvider, type HostProvider } from './vscode/chatProvider.js'
import { createWorkbench, type Workbench } from './vscode/commands/workbench.js'
import type { RedactedLog } from './vscode/log.js'
import { createNotices } from './vscode/notices.js'
import {
  createConnections,
  createDefaultModel,
  createParameterTemplates,
  createSetting,
} from './vscode/settings.js'
import { settingsTable } from './vscode/settingsTable.js'
import { createSecretStore } from './vscode/stores.js'

/** What the doors lead to. */
export interface Services extends Disposable, Pick<Workbench, 'loadHandlers'> {
  readonly chatProvider: HostProvider
}

const loadUi = async () => (await import('./vscode/commands/vscodeUi.js')).createUi()

/** What everything else needs: time, the embedded engine, and the providers' ports. */
function createFoundations(context: vscode.ExtensionContext, { log }: RedactedLog) {
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
  return { environment, log, clock, engine, local, ports }
}

type Foundations = ReturnType<typeof createFoundations>

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
    inUse: () => vscode.window.state.focused,
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
  return { connections, credentials, registry, catalogs, tests, resources }
}

/** Builds everything behind the doors and starts to read settings and lists. */
export function createServices(context: vscode.ExtensionContext, redacted: RedactedLog): Services {
  const foundations = createFoundations(context, redacted)
  const { environment, log, clock, engine, local, ports } = foundations
  const { catalogs, tests, resources, ...models } = createModels(context, redacted, foundations)
  const { registry, credentials } = models
  const defaultModel = createDefaultModel(log)
  const tokens = createTokenCounter()
  const templates = createParameterTemplates(log)
  const defaults = createDefaultParameters({ templates: () => templates.get(), log })
  const chat = compose([calibrateTokens(tokens)], createAttempt({ registry, credentials, ports, defaults }))
  const ready = registry.start()
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
    showLog: () => redacted.channel.show(),
    clock,
    log,
  })
  const doors = [defaultModel, templates, chatProvider, workbench]
  const owned = vscode.Disposable.from(engine, local, ...resources, ...doors)
  return { chatProvider, loadHandlers: () => workbench.loadHandlers(), dispose: () => void owned.dispose() }
}
