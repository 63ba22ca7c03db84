import { randomUUID } from 'node:crypto'
import { dayMs } from '../core/durations.js'
import type { ModelRef } from '../core/model.js'
import type { Database } from '../core/ports.js'
import { createModelLoader } from '../core/registry/loadModel.js'
import { createRecentAnswers } from '../core/routing/recent.js'
import { createAlertStore } from '../core/usage/alertStore.js'
import { type Alerts, createAlerts, keyOf } from '../core/usage/alerts.js'
import { takesAnswerLimit } from '../core/usage/answerLimit.js'
import type { AttemptRecord } from '../core/usage/attemptRecord.js'
import { type Budgets, createBudgets } from '../core/usage/budgets.js'
import { createEstimator } from '../core/usage/estimateRequest.js'
import { type GroupedLedger, groupLedger } from '../core/usage/groupedLedger.js'
import { createLedger } from '../core/usage/ledger.js'
import { createLedgerFeed } from '../core/usage/ledgerFeed.js'
import { createMetrics } from '../core/usage/metrics.js'
import { parseOtlpHeaders } from '../core/usage/otlp/headers.js'
import { createSettledExporter } from '../core/usage/otlp/settledExporter.js'
import { createRateLimiter } from '../core/usage/rateLimiter.js'
import { createSavings } from '../core/usage/savings.js'
import { createTextStore } from '../core/usage/texts/textStore.js'
import { createAttemptSpool } from '../platform/attemptSpool.js'
import type { PipelineOptions } from './pipeline.js'

/** For the user's own collector. What it may carry in its headers is a secret, and so of the environment. */
function createExporter({ version, policies, ports }: PipelineOptions, budgets: Budgets) {
  const { fetch, clock, log, environment } = ports
  const headers = parseOtlpHeaders(environment['OTEL_EXPORTER_OTLP_HEADERS'])
  return createSettledExporter({
    settings: () => ({ ...policies.otlp(), headers }),
    onDidChange: policies.onDidChangeOtlp,
    source: { version, instanceId: randomUUID() },
    budgetShares: () =>
      budgets.status().map(({ budget, spent }) => ({ budget: budget.id, share: spent / budget.limit })),
    fetch,
    clock,
    log,
  })
}

/** What attempts are counted in, and what holds them back by those counts. */
function createLedgers(options: PipelineOptions, database: Database) {
  const { policies, registry, tokens, defaults, ports } = options
  const { clock, log } = ports
  const findModel = (ref: ModelRef) => registry.find(ref)
  const estimate = createEstimator({
    tokens,
    parameters: ({ model }) => {
      const connection = registry.view(model.connection)?.connection
      return connection === undefined ? {} : defaults(connection, model.id)
    },
    mayCacheForAnHour: ({ connection, id }) => {
      const view = registry.view(connection)
      return view?.provider.mayCacheForAnHour?.(view.connection, id) ?? false
    },
    takesLimit: (model) => takesAnswerLimit(model, registry.view(model.connection)?.connection),
  })
  const catchUp = (): boolean => ledger.flush()
  const shared = { database, estimate, findModel, clock, log, catchUp }
  const budgets = createBudgets({
    ...shared,
    budgets: policies.budgets,
    loadModel: createModelLoader(registry),
    createId: randomUUID,
    onWarning: options.onBudgetWarning,
  })
  const limitsOf = (id: string) => registry.view(id)?.connection.limits
  const giveBackAhead = () => budgets.giveBackAhead()
  const limiter = createRateLimiter({ ...shared, limitsOf, giveBackAhead, onWait: options.onWait })
  const savings = createSavings({ database, clock, log })
  const settle = (records: readonly AttemptRecord[]): void => {
    for (const record of records) savings.add(record)
    budgets.settle(records)
    limiter.settle(records)
  }
  const expect = (record: AttemptRecord): void => {
    budgets.expect(record)
    limiter.expect(record)
  }
  const spool = createAttemptSpool({ folder: options.folder, id: randomUUID(), clock })
  const rows = createLedger({ database, log, spool, settle, onSettled: () => budgets.warn() })
  const ledger: GroupedLedger = groupLedger({ ledger: rows, expect, clock })
  const total = () => {
    catchUp()
    return savings.total()
  }
  return { findModel, estimate, budgets, limiter, ledger, spool, savings: { ...savings, total } }
}

/** The ledger, and everything that is computed from it. */
export function createAccounting(options: PipelineOptions, database: Database) {
  const { policies, ports } = options
  const { clock, log } = ports
  const { ledger, budgets, ...written } = createLedgers(options, database)
  const metrics = createMetrics({ clock })
  const alerts: Alerts = createAlerts({
    metrics,
    rules: policies.alertRules,
    store: createAlertStore(database),
    clock,
    log,
    notify: (alert) => options.onAlert(alert, () => alerts.silence(keyOf(alert), dayMs)),
  })
  const exporter = createExporter(options, budgets)
  const recent = createRecentAnswers({ clock })
  const feed = createLedgerFeed({
    ledger,
    metrics,
    listeners: [
      (record) => alerts.observe(record),
      (record) => exporter.record(record),
      (record) => options.onAttempt?.(record),
    ],
    recall: (record) => recent.recall(record),
    clock,
    log,
  })
  const texts = createTextStore(database)
  return { ...written, budgets, ledger, texts, metrics, alerts, exporter, recent, feed }
}

export type Accounting = ReturnType<typeof createAccounting>
