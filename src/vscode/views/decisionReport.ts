import type { DecisionReport } from '../../core/routing/decisions.js'
import { explainDecision } from '../../core/routing/explain.js'
import { formatCount } from '../modelInformation.js'
import { escapeMarkdown } from './format.js'

const legend =
  'Each reason is a mark from 0 to 1, times what it counts; together they are the model’s score. What counts is the setting `roundhouse.routing.weights`, or the route’s own.'

function writeLine(line: string): string {
  const [, indent = '', number = '', text = ''] = /^( *)(\d+\. )?(.*)$/.exec(line) ?? []
  if (text === '') return ''
  if (indent === '') return `\n## ${escapeMarkdown(text)}\n`
  return `${number === '' ? '- ' : number}${escapeMarkdown(text)}`
}

function sizeLine({ inputTokens, outcome }: DecisionReport): readonly string[] {
  if (inputTokens === undefined) return []
  const added = outcome === 'simulated' ? ', with the instructions and tools that VS Code’s Chat adds' : ''
  return [`About ${formatCount(Math.round(inputTokens))} tokens of input${added}.`]
}

/** Markdown: what was chosen and why, what was tried, and what was left out. */
export function decisionReport(report: DecisionReport): string {
  const [headline = '', ...lines] = explainDecision(report).split('\n')
  const isRanked = report.ranked.length > 0
  return [
    '# Routing',
    `**${escapeMarkdown(headline)}**`,
    ...sizeLine(report),
    lines.map(writeLine).join('\n').trim(),
    ...(isRanked ? [legend] : []),
    '',
  ].join('\n\n')
}
