import { formatModelRef } from '../model.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { ReportRow } from './report.js'
import type { AttemptText } from './texts/textStore.js'

type Cell = string | number | boolean | undefined

/** One line of an export: the same names in the same order in every line. */
type FlatRow = Readonly<Record<string, Cell>>

/** Spreadsheets would take such a text for a formula. */
const formula = /^[=+\-@\t\r]/

function writeCell(cell: Cell): string {
  if (cell === undefined) return ''
  const text = typeof cell === 'string' && formula.test(cell) ? `'${cell}` : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** RFC 4180, with a line of names. Empty without rows. */
export function writeCsv(rows: readonly FlatRow[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const names = Object.keys(first)
  const lines = [names, ...rows.map((row) => names.map((name) => row[name]))]
  return lines.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('')
}

export function writeJson(rows: readonly FlatRow[]): string {
  return `${JSON.stringify(rows, undefined, 2)}\n`
}

export function flattenReport(rows: readonly ReportRow[]): readonly FlatRow[] {
  return rows.map(({ key, ...sums }) => ({ ...key, ...sums, usd: knownUsd(sums) }))
}

/** Undefined where no price is known of anything that was used. */
function knownUsd({ usd, unpriced }: Pick<ReportRow, 'usd' | 'unpriced'>): number | undefined {
  return usd === 0 && unpriced > 0 ? undefined : usd
}

/** Attempts as the ledger keeps them; an unknown price is empty, never 0. */
export function flattenAttempt(record: AttemptRecord): FlatRow {
  const { caller, tokens, cost, outcome } = record
  return {
    at: new Date(record.at).toISOString(),
    requestId: record.requestId,
    number: record.number,
    operation: record.operation ?? 'chat',
    door: caller.door,
    extension: caller.extension,
    terminal: caller.terminal,
    workspace: caller.workspace,
    branch: caller.branch,
    conversation: caller.conversation,
    route: record.route,
    provider: record.provider,
    model: formatModelRef(record.model),
    servedModel: record.served?.model,
    servedBy: record.served?.provider,
    serviceTier: record.served?.tier,
    ...tokens,
    accuracy: record.accuracy,
    usd: cost?.usd,
    priceSource: cost?.source,
    latencyMs: record.latencyMs,
    firstPartMs: record.firstPartMs,
    outcome: outcome.kind === 'success' ? 'success' : outcome.code,
    isCacheHit: record.isCacheHit,
  }
}

/** With what was asked and answered, where it was kept; `textsAreCut` where they were longer than what is kept. */
export function flattenWithText(record: AttemptRecord, text: AttemptText | undefined): FlatRow {
  const { prompt, answer, isCut } = text ?? {}
  return { ...flattenAttempt(record), prompt, answer, textsAreCut: isCut }
}
