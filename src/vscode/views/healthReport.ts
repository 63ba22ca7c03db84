import { formatModelRef, type ModelRef } from '../../core/model.js'
import type { HealthCheck } from '../../core/registry/healthRecords.js'
import type { ModelStatistics } from '../../core/usage/metrics.js'
import { formatCount } from '../modelInformation.js'
import { type BudgetUse, budgetTable } from './budgetReport.js'
import { describeOutcome } from './connectionTest.js'
import { formatMoment } from './format.js'
import { markdownTable } from './markdownTable.js'
import { formatSum } from './usageReport.js'

interface HealthInput {
  readonly connections: readonly (ModelStatistics & { readonly connection: string })[]
  readonly models: readonly (ModelStatistics & { readonly model: ModelRef })[]
  readonly checks: readonly (HealthCheck & { readonly connection: string })[]
  readonly budgets: readonly BudgetUse[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

const percent = (share: number) => `${Math.round(100 * share)} %`
const unlessNone = (share: number) => (share === 0 ? '' : percent(share))
const seconds = (...times: readonly (number | undefined)[]) =>
  times.every((ms) => ms === undefined)
    ? ''
    : `${times.map((ms) => (ms === undefined ? '?' : (ms / 1_000).toFixed(2))).join(' / ')} s`

const legend =
  'Times are those within which half of the requests were served, then 95 of 100, then 99 of 100. Health is made of success and of speed, by what is usual for it.'

const columns = [
  'Health',
  'Calls',
  'Success',
  'First part',
  'Whole answer',
  'Tokens/s',
  'Cost each',
  'Turned to another',
  'From cache',
  'Lately',
]

function cellsOf(statistics: ModelStatistics): readonly string[] {
  const { firstPartMs, latencyMs, tokensPerSecond, costPerRequest } = statistics
  return [
    `${statistics.healthScore} of 100`,
    formatCount(statistics.requests),
    percent(statistics.successRate),
    seconds(firstPartMs?.p50, firstPartMs?.p95),
    seconds(latencyMs?.p50, latencyMs?.p95, latencyMs?.p99),
    tokensPerSecond === undefined ? '' : tokensPerSecond.toFixed(0),
    costPerRequest === undefined ? 'unknown' : formatSum(costPerRequest),
    unlessNone(statistics.fallbackRate),
    unlessNone(statistics.cacheHitRate),
    statistics.degradation ?? '',
  ]
}

function checksTable({ checks, now }: HealthInput): string {
  const rows = checks.map(({ connection, ...check }) => [
    connection,
    formatMoment(check.at, now),
    describeOutcome(check),
  ])
  return markdownTable(['Connection', 'Checked', 'How it answered'], rows)
}

/** Markdown: how connections and models did, of the last two weeks, the last hour counting most. */
export function healthReport(input: HealthInput): string {
  const { connections, models, checks, budgets } = input
  const ofConnections = connections.map((row) => [row.connection, ...cellsOf(row)])
  const ofModels = models.map((row) => [formatModelRef(row.model), ...cellsOf(row)])
  const measured = [
    'Of the last two weeks; the last hour counts most.',
    legend,
    markdownTable(['Connection', ...columns], ofConnections),
    markdownTable(['Model', ...columns], ofModels),
  ]
  return [
    '# Health',
    ...(connections.length === 0 ? ['Nothing was asked yet.'] : measured),
    ...(checks.length === 0 ? [] : ['## Checks', checksTable(input)]),
    ...(budgets.length === 0 ? [] : ['## Budgets', budgetTable(budgets)]),
    '',
  ].join('\n\n')
}
