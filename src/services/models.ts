import { createCredentials } from '../core/credentials/createCredentials.js'
import { rememberSecrets } from '../core/credentials/recentSecrets.js'
import { createConnectionTests } from '../core/registry/connectionTests.js'
import { createRegistry } from '../core/registry/createRegistry.js'
import { createHealthRecords } from '../core/registry/healthRecords.js'
import { createFileStore } from '../platform/fileStore.js'
import { createModelsDevCatalog } from '../platform/modelsDev.js'
import { createPriceSnapshot } from '../platform/prices.js'
import { providers } from '../providers/index.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { RedactedLog } from '../vscode/log.js'
import { createConnections, createSetting } from '../vscode/settings.js'
import { settingsTable } from '../vscode/settingsTable.js'
import { createSecretStore } from '../vscode/stores.js'
import type { Foundations } from './foundations.js'
import { inUse } from './host.js'

/** The connections, their keys and their models. */
export function createModels(context: UsedContext, { redactor }: RedactedLog, foundations: Foundations) {
  const { environment, log, clock, ports, localOnly } = foundations
  const files = createFileStore(context.globalStorageUri.fsPath)
  const isCatalogEnabled = createSetting(settingsTable.catalogEnabled, log)
  const catalogUrl = createSetting(settingsTable.catalogUrl, log)
  const settings = () => ({ enabled: isCatalogEnabled.get() && !localOnly.get(), url: catalogUrl.get() })
  const catalog = createModelsDevCatalog({ fetch: ports.fetch, clock, log, files, providers, settings })
  const catalogs = [catalog, createPriceSnapshot({ clock, log })]
  const tests = createConnectionTests({ files, clock, log })
  const healthRecords = createHealthRecords()
  const connections = createConnections(providers, environment, log)
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
    catalog,
    tests,
    healthRecords,
    isCatalogEnabled,
    catalogUrl,
  ]
  return { connections, secrets, credentials, registry, catalogs, tests, healthRecords, resources }
}

export type Models = ReturnType<typeof createModels>
