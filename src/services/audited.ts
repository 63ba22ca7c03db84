import type { Event } from '../core/event.js'
import type { Environment } from '../core/ports.js'
import type { Connection, ProviderTable } from '../core/provider.js'
import type { Connections } from '../core/registry/connections.js'
import type { Entries } from '../core/usage/audit.js'
import { type AuditedSetting, auditedRuntimes } from '../core/usage/auditTrail.js'
import type { Policies } from '../vscode/policies/policies.js'
import { storedConnection } from '../vscode/storedConnection.js'
import { isEmbedded } from '../vscode/views/providerTraits.js'

/** Without what the environment or a provider's own default says, which another window may see otherwise. */
function writtenConnection(
  connection: Connection,
  { providers, environment }: Pick<AuditedSources, 'providers' | 'environment'>,
): object {
  const provider = providers.find(({ id }) => id === connection.provider)
  return provider === undefined ? connection : storedConnection(connection, provider, environment)
}

type AuditedPolicies = Pick<
  Policies,
  'written' | 'routes' | 'keepsTexts' | 'onDidChangeRoutes' | 'onDidChangeBudgets' | 'onDidChangeKeepsTexts'
>

/** Those that have a subject of their own, which says more. */
const withSubjects: ReadonlySet<string> = new Set([
  'roundhouse.connections',
  'roundhouse.routes',
  'roundhouse.budgets',
  'roundhouse.usage.keepTexts',
])

function withoutOwn(entries: Entries): Entries {
  return new Map([...entries].filter(([key]) => !withSubjects.has(key)))
}

export interface AuditedSources {
  readonly providers: ProviderTable
  readonly environment: Environment
  /** Every setting that the user can write, by its key. */
  readonly written: { readonly entries: () => Entries; readonly onDidChange: Event<void> }
}

/** Settings whose changes are put on record. */
export function createAudited(
  connections: Pick<Connections, 'list' | 'onDidChange'>,
  policies: AuditedPolicies,
  { providers, environment, written: settings }: AuditedSources,
): readonly AuditedSetting[] {
  const { written } = policies
  const embedded = providers.find(isEmbedded)
  const budgets = () => new Map(written.budgets().map((budget) => [budget.id, budget]))
  const routes = () => new Map(policies.routes().map((route) => [route.name, route]))
  const texts = () => new Map([['keepTexts', { enabled: policies.keepsTexts() }]])
  const isRuntime = ({ provider }: Connection) => provider === embedded?.id
  const runtimes = () => connections.list().filter(isRuntime)
  // The files and settings of a runtime are its own, and not told twice.
  const ofConnections = () =>
    connections
      .list()
      .map((connection) => (isRuntime(connection) ? { ...connection, fields: {} } : connection))
      .map(
        (connection) => [connection.id, writtenConnection(connection, { providers, environment })] as const,
      )
  const { onDidChange } = connections
  return [
    { subject: 'connection', entries: () => new Map(ofConnections()), onDidChange },
    { subject: 'runtime', entries: () => auditedRuntimes(runtimes()), onDidChange },
    { subject: 'route', entries: routes, onDidChange: policies.onDidChangeRoutes },
    { subject: 'budget', entries: budgets, onDidChange: policies.onDidChangeBudgets },
    { subject: 'usage', entries: texts, onDidChange: policies.onDidChangeKeepsTexts },
    { subject: 'setting', entries: () => withoutOwn(settings.entries()), onDidChange: settings.onDidChange },
  ]
}
