import { formatModelRef, type ModelRef } from '../../core/model.js'
import type { HealthCheck } from '../../core/registry/healthRecords.js'
import type { ModelStatistics } from '../../core/usage/metrics.js'
import { formatCount } from '../modelInformation.js'
import { type BudgetUse, budgetTable } from './budgetReport.js'
import { describeOutcome } from './connectionTest.js'
import { formatMoment, formatSum } from './format.js'
import { markdownTable } from './markdownTable.js'

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

/** A table of all that is known would be twice as wide as an editor beside Chat. */
const success = {
  legend:
    'Of the last two weeks; the last hour counts most. Health is made of success and of speed, by what is usual for it.',
  columns: ['Health', 'Calls', 'Success', 'Turned to another', 'From cache', 'Lately'],
  cellsOf: (statistics: ModelStatistics) => [
    `${statistics.healthScore} of 100`,
    formatCount(statistics.requests),
    percent(statistics.successRate),
    unlessNone(statistics.fallbackRate),
    unlessNone(statistics.cacheHitRate),
    statistics.degradation ?? '',
  ],
}

const speed = {
  legend: 'Times are those within which half of the requests were served, then 95 of 100, then 99 of 100.',
  columns: ['First part', 'Whole answer', 'Tokens/s', 'Cost each'],
  cellsOf: ({ firstPartMs, latencyMs, tokensPerSecond, costPerRequest }: ModelStatistics) => [
    seconds(firstPartMs?.p50, firstPartMs?.p95),
    seconds(latencyMs?.p50, latencyMs?.p95, latencyMs?.p99),
    tokensPerSecond === undefined ? '' : tokensPerSecond.toFixed(0),
    costPerRequest === undefined ? 'unknown' : formatSum(costPerRequest),
  ],
}

const choice = {
  legend:
    'Chosen in: what routes took to choose the model first, of this window. Answered after all: of the requests that turned to another model, those that were answered in the end. Estimate off by: how far estimated tokens were from the provider’s exact count, for half of the answers and for 95 of 100, of this window.',
  columns: ['Chosen in', 'Answered after all', 'Estimate off by'],
  cellsOf: ({ selectionMs, fallbackSuccessRate, estimateError }: ModelStatistics) => [
    selectionMs === undefined ? '' : `${selectionMs.p50.toFixed(1)} / ${selectionMs.p95.toFixed(1)} ms`,
    fallbackSuccessRate === undefined ? '' : percent(fallbackSuccessRate),
    estimateError === undefined
      ? ''
      : `${(100 * estimateError.p50).toFixed(1)} / ${(100 * estimateError.p95).toFixed(1)} %`,
  ],
}

function measures({ connections, models }: HealthInput, { legend, columns, cellsOf }: typeof success) {
  const ofConnections = connections.map((row) => [row.connection, ...cellsOf(row)])
  const ofModels = models.map((row) => [formatModelRef(row.model), ...cellsOf(row)])
  return [
    legend,
    markdownTable(['Connection', ...columns], ofConnections),
    markdownTable(['Model', ...columns], ofModels),
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
  const { connections, checks, budgets } = input
  const measured = [
    ...measures(input, success),
    '## Times and Cost',
    ...measures(input, speed),
    '## Choices and Estimates',
    ...measures(input, choice),
  ]
  return [
    '# Health',
    ...(connections.length === 0 ? ['Nothing was asked yet.'] : measured),
    ...(checks.length === 0 ? [] : ['## Checks', checksTable(input)]),
    ...(budgets.length === 0 ? [] : ['## Budgets', budgetTable(budgets)]),
    '',
  ].join('\n\n')
}
