import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Cache } from './core/cache/cache.js'
import { createConfiguration } from './core/cache/configuration.js'
import { createCache } from './core/cache/createCache.js'
import { type Chat, type ChatParameters, type ChatRequest, compose } from './core/chat.js'
import type { Credentials } from './core/credentials/credentials.js'
import { formatModelRef, type ModelRef } from './core/model.js'
import type { Database, Disposable } from './core/ports.js'
import type { Connection, ProviderPorts } from './core/provider.js'
import { createHealthChecks, type HealthChecks } from './core/registry/healthChecks.js'
import { createModelLoader } from './core/registry/loadModel.js'
import type { Registry } from './core/registry/registry.js'
import type { RequestPolicies } from './core/requestPolicies.js'
import { createAttempt } from './core/routing/attempt.js'
import { type Breaker, createBreaker } from './core/routing/breaker.js'
import { createSharedCircuitStore } from './core/routing/circuitStore.js'
import { createConcurrencyLimiter } from './core/routing/concurrency.js'
import { createDecisionStore } from './core/routing/decisionStore.js'
import { createDecisionLog, type DecisionLog, type DecisionReport } from './core/routing/decisions.js'
import { createPlanner } from './core/routing/planner.js'
import { createRecentAnswers } from './core/routing/recent.js'
import { createRouter } from './core/routing/router.js'
import { simulateRoute } from './core/routing/simulate.js'
import { migrations } from './core/storage/migrations.js'
import { calibrateTokens, estimateInput } from './core/tokens/calibration.js'
import type { TokenCounter } from './core/tokens/estimate.js'
import { createAlertStore } from './core/usage/alertStore.js'
import { type Alert, type Alerts, createAlerts, keyOf } from './core/usage/alerts.js'
import { type Audit, createAudit } from './core/usage/audit.js'
import { type AuditedSetting, createAuditTrail } from './core/usage/auditTrail.js'
import { type Budgets, createBudgets } from './core/usage/budgets.js'
import type { BudgetWarning } from './core/usage/budgetWarnings.js'
import { createEstimator, type Estimator } from './core/usage/estimateRequest.js'
import { createHealthObstacle } from './core/usage/healthObstacle.js'
import { createLedger, type Ledger } from './core/usage/ledger.js'
import { createLedgerFeed } from './core/usage/ledgerFeed.js'
import { meter } from './core/usage/meter.js'
import { createMetrics, type Metrics } from './core/usage/metrics.js'
import { parseOtlpHeaders } from './core/usage/otlp/headers.js'
import { createSettledExporter } from './core/usage/otlp/settledExporter.js'
import { classifyTokens, priceAttempt } from './core/usage/price.js'
import { createQuote, type QuoteRequest } from './core/usage/quote.js'
import { createRateLimiter } from './core/usage/rateLimiter.js'
import { recordHit } from './core/usage/recordHit.js'
import { createReport, type ReportRequest, type ReportRow } from './core/usage/report.js'
import { purgeUsage } from './core/usage/retention.js'
import { createRetentionTimer } from './core/usage/retentionTimer.js'
import { openCacheStore } from './platform/cache/openCacheStore.js'
import { sha256 } from './platform/cache/sha256.js'
import { openDatabase } from './platform/sqlite/open.js'

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
}

/** What a request goes through, and what is known of those that went. */
export interface Pipeline extends Disposable {
  readonly chat: Chat
  readonly estimate: Estimator
  readonly ledger: Ledger
  readonly budgets: Budgets
  readonly metrics: Metrics
  readonly alerts: Alerts
  readonly cache: Cache
  readonly audit: Pick<Audit, 'read'>
  readonly healthChecks: Pick<HealthChecks, 'last' | 'onDidCheck'>
  readonly decisions: Pick<DecisionLog, 'list' | 'explain'>
  /** What a route would choose at this moment; undefined where no route is asked for. Sends nothing. */
  readonly simulate: (request: ChatRequest) => DecisionReport | undefined
  readonly quote: QuoteRequest
  readonly report: (request: ReportRequest) => readonly ReportRow[]
  readonly attempts: Ledger['read']
  /** Deletes what is older; resolves with how many attempts. */
  readonly purge: (before: number, signal: AbortSignal) => Promise<number>
}

const dayMs = 24 * 3_600_000

/** For the user's own collector. What it may carry in its headers is a secret, and so of the environment. */
function createExporter({ version, policies, ports }: PipelineOptions) {
  const { fetch, clock, log, environment } = ports
  const headers = parseOtlpHeaders(environment['OTEL_EXPORTER_OTLP_HEADERS'])
  return createSettledExporter({
    settings: () => ({ ...policies.otlp(), headers }),
    onDidChange: policies.onDidChangeOtlp,
    source: { version, instanceId: randomUUID() },
    fetch,
    clock,
    log,
  })
}

/** The ledger, and everything that is computed from it. */
function createAccounting(options: PipelineOptions, database: Database) {
  const { policies, registry, tokens, defaults, ports } = options
  const { clock, log } = ports
  const findModel = (ref: ModelRef) => registry.find(ref)
  const estimate = createEstimator({
    tokens,
    parameters: ({ model }) => {
      const connection = registry.view(model.connection)?.connection
      return connection === undefined ? {} : defaults(connection, model.id)
    },
  })
  const budgets = createBudgets({
    database,
    budgets: policies.budgets,
    estimate,
    findModel,
    loadModel: createModelLoader(registry),
    createId: randomUUID,
    clock,
    log,
    onWarning: options.onBudgetWarning,
  })
  const ledger = createLedger({ database, log, settle: (record) => budgets.settle(record) })
  const metrics = createMetrics({ clock })
  const alerts: Alerts = createAlerts({
    metrics,
    rules: policies.alertRules,
    store: createAlertStore(database),
    clock,
    log,
    notify: (alert) => options.onAlert(alert, () => alerts.silence(keyOf(alert), dayMs)),
  })
  const exporter = createExporter(options)
  const feed = createLedgerFeed({
    ledger,
    metrics,
    listeners: [(record) => alerts.observe(record), (record) => exporter.record(record)],
    clock,
    log,
  })
  return { findModel, estimate, budgets, ledger, metrics, alerts, exporter, feed }
}

type Accounting = ReturnType<typeof createAccounting>

function createAnswerCache(options: PipelineOptions, accounting: Accounting): Cache {
  const { folder, policies, registry, defaults, ports } = options
  const { clock, log, notices } = ports
  return createCache({
    openStore: () => openCacheStore({ folder, settings: policies.cache, clock, log, notices }),
    policy: policies.cache,
    sha256,
    configuration: createConfiguration({
      registry,
      defaults,
      route: (ref) => policies.routes().get(formatModelRef(ref)),
    }),
    price: (ref, usage) => {
      const model = accounting.findModel(ref)
      return model === undefined ? undefined : priceAttempt(classifyTokens(usage), model)?.usd
    },
    onHit: recordHit({ ...accounting, createId: randomUUID }),
    clock,
    log,
  })
}

/** Chooses models, and keeps away from those that cannot answer now. */
function createRouting(options: PipelineOptions, database: Database, accounting: Accounting) {
  const { registry, tokens, policies, ports } = options
  const { clock, log } = ports
  const { budgets, metrics, estimate, findModel } = accounting
  const limitsOf = (id: string) => registry.view(id)?.connection.limits
  const limiter = createRateLimiter({ database, limitsOf, estimate, findModel, clock, log })
  const concurrency = createConcurrencyLimiter({ limitOf: (id) => limitsOf(id)?.requestsAtOnce, clock })
  const breaker: Breaker = createBreaker({ store: createSharedCircuitStore(database), clock, log })
  const recent = createRecentAnswers({ clock })
  const planner = createPlanner({
    models: () => registry.models(),
    estimateInput: (request) => estimateInput(tokens, formatModelRef(request.model), request),
    checks: [createHealthObstacle({ registry, metrics, clock }), limiter.check, budgets.check],
    measurementsOf: (model) => metrics.model(model),
    breaker,
    recent,
    policy: () => (policies.isLocalOnly() ? { privacy: 'local' } : {}),
    clock,
    random: Math.random,
  })
  const decisions = createDecisionLog({ store: createDecisionStore({ database }), log })
  return { limiter, concurrency, breaker, recent, planner, decisions }
}

type Routing = ReturnType<typeof createRouting>

/** One call of one provider: within the limits, within the budgets, and in the ledger. */
function createMeteredAttempt(
  { registry, credentials, ports, defaults, tokens }: PipelineOptions,
  { budgets, ledger, findModel }: Accounting,
  { limiter }: Routing,
): Chat {
  const { clock } = ports
  const onRateLimits: typeof limiter.state = (model, limits) => limiter.state(model, limits)
  return compose(
    [
      limiter.limit,
      budgets.reserve,
      meter({ ledger, findModel, tokens, clock, createId: randomUUID }),
      calibrateTokens(tokens),
    ],
    createAttempt({ registry, credentials, ports, defaults, onRateLimits }),
  )
}

/** What is done now and then, whether anybody asks a model or not. */
function createUpkeep(options: PipelineOptions, database: Database, { metrics }: Accounting) {
  const { registry, credentials, ports, policies, audited, redact, inUse } = options
  const { clock, log } = ports
  const healthChecks = createHealthChecks({
    registry,
    credentials,
    ports,
    inUse,
    lastSuccessAt: (id) => metrics.connection(id)?.lastSuccessAt,
    intervalMs: () => (policies.isLocalOnly() ? 0 : policies.healthCheckMs()),
  })
  const { retentionDays } = policies
  const retention = createRetentionTimer({ database, retentionDays, inUse, clock, log })
  const audit = createAudit({ database, clock, log, redact })
  const connection = (id: string) => registry.view(id)?.connection
  const trail = createAuditTrail({ audit, settings: audited, credentials, connection, log })
  return { audit, healthChecks, started: [healthChecks, retention], owned: [healthChecks, retention, trail] }
}

/** What is known of a request before it is sent. */
function createForecast({ policies, ports }: PipelineOptions, accounting: Accounting, { planner }: Routing) {
  const { routes } = policies
  const simulate = (request: ChatRequest) => simulateRoute({ planner, routes, clock: ports.clock }, request)
  return { simulate, quote: createQuote({ ...accounting, simulate }) }
}

/** Opens the database and builds the way of a request. Throws ModelError where the database cannot be opened. */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { folder, registry, ports, refreshKey } = options
  const { clock, log, notices } = ports
  const path = join(folder, 'roundhouse.db')
  const database = await openDatabase({ path, migrations, damaged: 'keep', clock, log, notices })
  const accounting = createAccounting(options, database)
  const routing = createRouting(options, database, accounting)
  const { feed, exporter, findModel: _, ...known } = accounting
  const cache = createAnswerCache(options, accounting)
  const attempt = createMeteredAttempt(options, accounting, routing)
  const { limiter: __, ...traffic } = routing
  const router = createRouter({
    ...traffic,
    registry,
    attempt,
    routes: options.policies.routes,
    refreshKey,
    clock,
    random: Math.random,
    createId: randomUUID,
  })
  const { started, owned, ...upkeep } = createUpkeep(options, database, accounting)
  // Nobody's first request waits for the history: it only makes later choices better.
  void feed.start()
  for (const one of started) one.start()
  return {
    ...known,
    chat: compose([cache.middleware], router),
    cache,
    ...upkeep,
    decisions: routing.decisions,
    report: (request) => createReport(database, request),
    attempts: (period) => known.ledger.read(period),
    purge: (before, signal) => purgeUsage({ database, clock, before, signal }),
    ...createForecast(options, accounting, routing),
    dispose() {
      for (const one of owned) one.dispose()
      feed.dispose()
      exporter.dispose()
      cache.dispose()
      known.ledger.dispose()
      database.dispose()
    },
  }
}
