import type { Cache } from '../core/cache/cache.js'
import type { Chat, ChatParameters, ChatRequest } from '../core/chat.js'
import type { Credentials } from '../core/credentials/credentials.js'
import type { ModelRef } from '../core/model.js'
import type { Disposable } from '../core/ports.js'
import type { Connection, ProviderPorts } from '../core/provider.js'
import type { ConnectionTests } from '../core/registry/connectionTests.js'
import type { HealthRecords } from '../core/registry/healthRecords.js'
import type { Registry } from '../core/registry/registry.js'
import type { RequestPolicies } from '../core/requestPolicies.js'
import type { EmbedTexts } from '../core/retrieval/embed.js'
import type { RankDocuments } from '../core/retrieval/rerank.js'
import type { DecisionLog, DecisionReport } from '../core/routing/decisions.js'
import type { SelectModels } from '../core/routing/selection.js'
import type { TokenCounter } from '../core/tokens/estimate.js'
import type { Alert, Alerts } from '../core/usage/alerts.js'
import type { AttemptRecord } from '../core/usage/attemptRecord.js'
import type { Audit } from '../core/usage/audit.js'
import type { AuditedSetting } from '../core/usage/auditTrail.js'
import type { Budgets } from '../core/usage/budgets.js'
import type { BudgetWarning } from '../core/usage/budgetWarnings.js'
import type { Estimator } from '../core/usage/estimateRequest.js'
import type { GroupedLedger } from '../core/usage/groupedLedger.js'
import type { Metrics } from '../core/usage/metrics.js'
import type { QuoteRequest } from '../core/usage/quote.js'
import type { ReportRequest, ReportRow } from '../core/usage/report.js'
import type { Savings } from '../core/usage/savings.js'
import type { TextStore } from '../core/usage/texts/textStore.js'

export interface PipelineOptions {
  /** The extension's own storage folder. */
  readonly folder: string
  /** Roundhouse's own. */
  readonly version: string
  readonly registry: Registry
  readonly credentials: Credentials
  readonly ports: ProviderPorts
  readonly tokens: TokenCounter
  readonly defaults: (connection: Connection, modelId: string) => ChatParameters
  readonly policies: RequestPolicies
  /** Where the outcomes of health checks go. */
  readonly healthRecords: Pick<HealthRecords, 'last' | 'set'>
  readonly tests: Pick<ConnectionTests, 'onDidRefuseKey'>
  /** Whose changes are put on record. */
  readonly audited: readonly AuditedSetting[]
  /** Removes secrets from texts. */
  readonly redact: (text: string) => string
  /** Whether VS Code is in use now. */
  readonly inUse: () => boolean
  /** Looks a connection's key up anew; true where it is another one. */
  readonly refreshKey: (connectionId: string) => Promise<boolean>
  readonly onBudgetWarning: (warning: BudgetWarning) => void
  /** `silence` ends it for a day. */
  readonly onAlert: (alert: Alert, silence: () => void) => void
  /** Told of each attempt of this window, as the ledger has it. */
  readonly onAttempt?: (record: AttemptRecord) => void
  /** Called when a request waits so many milliseconds before a model, or a route, is asked. */
  readonly onWait?: (model: ModelRef, ms: number) => void
}

/** What a request goes through, and what is known of those that went. */
export interface Pipeline extends Disposable {
  readonly chat: Chat
  readonly embed: EmbedTexts
  readonly rerank: RankDocuments
  readonly select: SelectModels
  readonly estimate: Estimator
  readonly ledger: GroupedLedger
  readonly budgets: Budgets
  readonly metrics: Metrics
  readonly alerts: Alerts
  readonly cache: Cache
  readonly audit: Pick<Audit, 'read'>
  readonly decisions: Pick<DecisionLog, 'list' | 'explain'>
  /** What a route would choose at this moment; undefined where no route is asked for. Sends nothing. */
  readonly simulate: (request: ChatRequest) => DecisionReport | undefined
  /** The same with what VS Code's Chat sends beside the user's words. */
  readonly simulateInChat: (request: ChatRequest) => DecisionReport | undefined
  readonly quote: QuoteRequest
  readonly report: (request: ReportRequest) => readonly ReportRow[]
  readonly attempts: GroupedLedger['read']
  readonly texts: TextStore
  readonly savings: Pick<Savings, 'total'>
  /** Deletes what is older; resolves with how many attempts. */
  readonly purge: (before: number, signal: AbortSignal) => Promise<number>
  /** Tells the user’s collector what it has not been told yet, in three seconds at most, and ends. Never rejects. */
  close(): Promise<void>
}
