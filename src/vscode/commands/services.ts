import type { Cache } from '../../core/cache/cache.js'
import type { Caller, ChatRequest } from '../../core/chat.js'
import type { Credentials } from '../../core/credentials/credentials.js'
import type { ModelFacts } from '../../core/model.js'
import type { ParameterTemplateStore } from '../../core/parameters/templates.js'
import type { Clock, Environment, Log } from '../../core/ports.js'
import type { Connection, ProviderTable } from '../../core/provider.js'
import type { Connections } from '../../core/registry/connections.js'
import type { HealthRecords } from '../../core/registry/healthRecords.js'
import type { Registry } from '../../core/registry/registry.js'
import type { ConnectionTest, ConnectionTestResult } from '../../core/registry/testConnection.js'
import type { DecisionLog, DecisionReport } from '../../core/routing/decisions.js'
import type { Alerts } from '../../core/usage/alerts.js'
import type { AttemptRecord } from '../../core/usage/attemptRecord.js'
import type { Audit } from '../../core/usage/audit.js'
import type { Budgets } from '../../core/usage/budgets.js'
import type { Metrics } from '../../core/usage/metrics.js'
import type { ReportRequest, ReportRow } from '../../core/usage/report.js'
import type { Period } from '../../core/usage/rollups.js'
import type { Savings } from '../../core/usage/savings.js'
import type { TextStore } from '../../core/usage/texts/textStore.js'
import type { SettingProblems } from '../settingProblem.js'
import type { ActiveModel, DefaultModelSetting } from '../views/activeModel.js'
import type { RecentModels } from '../views/recentModels.js'
import type { ReportDocuments } from '../views/reportDocuments.js'
import type { CommandId } from './table.js'
import type { Host, Ui } from './ui.js'

/** What is known of requests, and what can be done about them. */
interface RequestServices {
  readonly budgets: Pick<Budgets, 'status'>
  /** Throws ModelError `not-saved`. */
  readonly report: (request: ReportRequest) => readonly ReportRow[]
  readonly attempts: (period: Period) => Iterable<AttemptRecord>
  readonly texts: Pick<TextStore, 'find' | 'count' | 'delete'>
  /** Deletes what is older; resolves with how many attempts. */
  readonly purge: (before: number, signal: AbortSignal) => Promise<number>
  readonly decisions: Pick<DecisionLog, 'list'>
  readonly audit: Pick<Audit, 'read'>
  readonly alerts: Pick<Alerts, 'silences' | 'unsilence'>
  readonly simulateInChat: (request: ChatRequest) => DecisionReport | undefined
  readonly metrics: Pick<Metrics, 'models' | 'connections'>
  readonly cache: Pick<Cache, 'statistics' | 'clear'>
  /** Of the cache, in all windows. */
  readonly savings: Pick<Savings, 'total'>
}

/** The argument is what a menu, a keybinding or another extension gave: see `parseTarget`. */
type CommandHandler = (argument: unknown) => Promise<void>

export type CommandHandlers = { readonly [Id in CommandId]: CommandHandler }

/** A connection as it would be, with the key it would have. */
type ConnectionCandidate = Pick<ConnectionTest, 'connection' | 'provider' | 'key' | 'chat' | 'mayChat'>

/** Throws ModelError saying what failed. */
type TestConnection = (candidate: ConnectionCandidate, signal: AbortSignal) => Promise<ConnectionTestResult>

export interface CommandServices {
  readonly ui: Ui
  readonly host: Host
  readonly providers: ProviderTable
  readonly environment: Environment
  readonly connections: Connections
  readonly credentials: Credentials
  readonly registry: Registry
  readonly healthRecords: Pick<HealthRecords, 'last' | 'onDidChange'>
  /** With the routes among the models. */
  readonly routed: Registry
  readonly testConnection: TestConnection
  /** Keeps how the last test of a connection went, once it is saved as it was tested. */
  readonly rememberTest: (connection: Connection) => Promise<void>
  /** Reads a GGUF file's own metadata. Throws ModelError naming the file. */
  readonly inspectModelFile: (file: string, signal: AbortSignal) => Promise<ModelFacts>
  /** The user's own. */
  readonly parameterTemplates: ParameterTemplateStore
  /** Of all settings but the connections. */
  readonly settingProblems: SettingProblems
  /** Throws ModelError where the database cannot be opened. */
  readonly loadPipeline: () => Promise<RequestServices>
  readonly reports: Pick<ReportDocuments, 'show'>
  /** Where in the user's work this window is. */
  readonly readCallerContext: () => Pick<Caller, 'workspace' | 'branch'>
  /** `local`, `UTC`, or a zone's name. */
  readonly timeZone: () => string
  /** Whether complete answers are kept. */
  readonly keepsAnswers: () => boolean
  readonly defaultModel: DefaultModelSetting
  readonly activeModel: ActiveModel
  readonly recentModels: RecentModels
  readonly treeFilter: { filter(): string; setFilter(text: string): void }
  readonly showLog: () => void
  readonly clock: Clock
  readonly log: Log
}
