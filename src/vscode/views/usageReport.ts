import type { ReportDimension, ReportRow } from '../../core/usage/report.js'
import { formatCount } from '../modelInformation.js'
import { type BudgetUse, budgetTable } from './budgetReport.js'
import { escapeMarkdown, formatSum } from './format.js'
import { markdownTable } from './markdownTable.js'

const dimensionNames: Readonly<Record<ReportDimension, string>> = {
  day: 'Day',
  provider: 'Provider',
  connection: 'Connection',
  model: 'Model',
  servedModel: 'Served model',
  route: 'Route',
  door: 'Door',
  caller: 'Caller',
  workspace: 'Workspace',
  branch: 'Branch',
  operation: 'Operation',
  outcome: 'Outcome',
}

/** For a pick list. */
export function dimensionName(dimension: ReportDimension): string {
  return dimensionNames[dimension]
}

/** A sum in which prices may be missing: what is unknown is never shown as nothing. */
function formatKnownSum(usd: number, unpriced: number): string {
  if (unpriced === 0) return formatSum(usd)
  return usd === 0 ? 'unknown' : `${formatSum(usd)} + unknown`
}

interface Total {
  readonly attempts: number
  readonly failures: number
  readonly cacheHits: number
  readonly unpriced: number
  readonly estimated: number
  readonly usd: number
  readonly billed: number
  readonly otherTier: number
}

function totalOf(rows: readonly ReportRow[]): Total {
  const sum = (name: keyof Total) => rows.reduce((total, row) => total + row[name], 0)
  return {
    attempts: sum('attempts'),
    failures: sum('failures'),
    cacheHits: sum('cacheHits'),
    unpriced: sum('unpriced'),
    estimated: sum('estimated'),
    usd: sum('usd'),
    billed: sum('billed'),
    otherTier: sum('otherTier'),
  }
}

function describeTotal(total: Total): string {
  const { attempts, failures, cacheHits, unpriced, estimated, usd, billed, otherTier } = total
  const calls = attempts === 1 ? 'call of a model' : 'calls of models'
  return [
    `**${unpriced > 0 && usd === 0 ? 'Unknown cost' : formatSum(usd)}** for ${formatCount(attempts)} ${calls}.`,
    failures > 0 ? `${formatCount(failures)} failed.` : 'None failed.',
    ...(cacheHits > 0 ? [`${formatCount(cacheHits)} answers came out of the cache.`] : []),
    ...(unpriced > 0 ? [`The price of ${formatCount(unpriced)} is unknown and not in the sum.`] : []),
    ...(billed > 0 ? [`The cost of ${formatCount(billed)} is what the server billed.`] : []),
    ...(otherTier > 0
      ? [`${formatCount(otherTier)} came from another service tier, whose price is estimated.`]
      : []),
    ...(estimated > 0 ? [`The tokens of ${formatCount(estimated)} are estimated.`] : []),
  ].join(' ')
}

/** What is asked for most stands where a narrow window still shows it, and what never happened in no column. */
const columns = ['Cost', 'Calls', 'Failed', 'Cached', 'Input', 'Read from cache', 'Output', 'Mean time']

const unlessNone = (count: number) => (count === 0 ? '' : formatCount(count))

function cellsOf(row: ReportRow): readonly string[] {
  return [
    formatKnownSum(row.usd, row.unpriced),
    formatCount(row.attempts),
    unlessNone(row.failures),
    unlessNone(row.cacheHits),
    formatCount(row.uncachedInput + row.cacheWrite),
    unlessNone(row.cacheRead),
    formatCount(row.visibleOutput + row.reasoningOutput),
    `${(row.latencyMs / 1_000).toFixed(1)} s`,
  ]
}

export interface UsageReportInput {
  /** E.g. `the last 30 days`. */
  readonly period: string
  readonly by: ReportDimension
  readonly rows: readonly ReportRow[]
  readonly budgets: readonly BudgetUse[]
}

/** Markdown: the sum, and a line for each value; the dearest first, days in their order. */
export function usageReport({ period, by, rows, budgets }: UsageReportInput): string {
  const ordered =
    by === 'day'
      ? rows.toSorted((a, b) => ((a.key.day ?? '') < (b.key.day ?? '') ? -1 : 1))
      : rows.toSorted((a, b) => b.usd - a.usd || b.attempts - a.attempts)
  const table = markdownTable(
    [dimensionNames[by], ...columns],
    ordered.map((row) => [row.key[by] || '(none)', ...cellsOf(row)]),
  )
  const body = rows.length === 0 ? 'Nothing was asked.' : `${describeTotal(totalOf(rows))}\n\n${table}`
  const ofBudgets = budgets.length === 0 ? '' : `\n## Budgets\n\n${budgetTable(budgets)}\n`
  return `# Usage, ${escapeMarkdown(period)}\n\n${body}\n${ofBudgets}`
}
