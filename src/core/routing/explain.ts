import type { DecisionReport } from './decisions.js'

const mostRanked = 5
const mostLeftOut = 20

function more(count: number, most: number): string[] {
  return count > most ? [`  and ${count - most} more`] : []
}

function headline({ asked, chosen, reason, outcome }: DecisionReport): string {
  if (chosen === undefined) return `${asked}: no model was chosen (${outcome})`
  if (chosen === asked) return reason ?? `${asked} was asked for`
  return `${asked} chose ${chosen}${reason === undefined ? '' : `: ${reason}`}`
}

/** A decision as lines of text for the user. */
export function explainDecision(report: DecisionReport): string {
  const { notes, ranked, leftOut, tried } = report
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines]
  const lines = [
    headline(report),
    ...section(
      'Rules',
      notes.map((note) => `  ${note}`),
    ),
    ...section(
      'Tried',
      tried.map(({ model, code, message }, at) =>
        code === undefined ? `  ${at + 1}. ${model}` : `  ${at + 1}. ${model}: ${code}. ${message ?? ''}`,
      ),
    ),
    ...section('Ranking', [
      ...ranked
        .slice(0, mostRanked)
        .map(
          ({ model, score, reasons }, at) =>
            `  ${at + 1}. ${model} ${score.toFixed(2)}: ${reasons.join('; ')}`,
        ),
      ...more(ranked.length, mostRanked),
    ]),
    ...section('Left out', [
      ...leftOut.slice(0, mostLeftOut).map(({ model, code, message }) => `  ${model} (${code}): ${message}`),
      ...more(leftOut.length, mostLeftOut),
    ]),
  ]
  // A line break in a name or in a server's words would begin a line, or a section, of its own.
  return lines.map((line) => line.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')).join('\n')
}
