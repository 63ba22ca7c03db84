import { createLateCatalog } from '../core/catalog/lateCatalog.js'
import { createCredentials } from '../core/credentials/createCredentials.js'
import { rememberSecrets } from '../core/credentials/recentSecrets.js'
import { createConnectionTests } from '../core/registry/connectionTests.js'
import { createRegistry } from '../core/registry/createRegistry.js'
import { createHealthRecords } from '../core/registry/healthRecords.js'
import { createFileStore } from '../platform/fileStore.js'
import type { ModelsDevOptions } from '../platform/modelsDev.js'
import { providers } from '../providers/index.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { RedactedLog } from '../vscode/log.js'
import { createConnections, createSetting } from '../vscode/settings.js'
import { settingsTable } from '../vscode/settingsTable.js'
import { createSecretStore } from '../vscode/stores.js'
import type { Foundations } from './foundations.js'
import { inUse } from './host.js'

/** What is published of models, each loaded when a cloud connection has first answered. */
function createCatalogs(options: ModelsDevOptions) {
  const { clock, log } = options
  const catalog = createLateCatalog({
    source: 'catalog',
    open: async () => (await import('../platform/modelsDev.js')).createModelsDevCatalog(options),
    log,
  })
  const snapshot = createLateCatalog({
    source: 'snapshot',
    open: async () => (await import('../platform/prices.js')).createPriceSnapshot({ clock, log }),
    log,
  })
  return [catalog, snapshot]
}

/** The connections, their keys and their models. */
export function createModels(context: UsedContext, { redactor }: RedactedLog, foundations: Foundations) {
  const { environment, log, clock, ports, localOnly, settings: source } = foundations
  const read = { source, log }
  const files = createFileStore(context.globalStorageUri.fsPath)
  const isCatalogEnabled = createSetting(settingsTable.catalogEnabled, read)
  const catalogUrl = createSetting(settingsTable.catalogUrl, read)
  const settings = () => ({ enabled: isCatalogEnabled.get() && !localOnly.get(), url: catalogUrl.get() })
  const catalogs = createCatalogs({ fetch: ports.fetch, clock, log, files, providers, settings })
  const tests = createConnectionTests({ files, clock, log })
  const healthRecords = createHealthRecords()
  const connections = createConnections(providers, environment, read)
  const secrets = rememberSecrets(createSecretStore(context.secrets), clock)
  const credentials = createCredentials({
    secrets,
    providers,
    environment,
    log,
    register: (secret) => redactor.register(secret),
  })
  const sources = { connections, credentials, providers, catalogs, tests }
  const { onDidChange: onDidChangeLocalOnly } = localOnly
  const registry = createRegistry({ ...sources, ports, files, inUse, onDidChangeLocalOnly })
  const resources = [
    connections,
    secrets,
    credentials,
    registry,
    ...catalogs,
    tests,
    healthRecords,
    isCatalogEnabled,
    catalogUrl,
  ]
  return { connections, secrets, credentials, registry, catalogs, tests, healthRecords, resources }
}

export type Models = ReturnType<typeof createModels>
