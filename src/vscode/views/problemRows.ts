import { type SettingProblem, settingOfPath } from '../settingProblem.js'
import { actionRow } from './actionRow.js'
import { escapeMarkdown } from './format.js'
import type { TreeRow } from './treeItems.js'

function problemRow(problem: SettingProblem, index: number): TreeRow {
  const text = `${problem.path}: ${problem.message}`
  const label = problem.path.replace(/^roundhouse\./, '')
  const hint = { label, command: 'roundhouse.editConnectionsJson', icon: 'error' }
  return {
    ...actionRow(`problem:${index}`, hint, settingOfPath(problem.path)),
    description: problem.message,
    icon: { id: 'error', color: 'list.errorForeground' },
    context: 'problem',
    spoken: `Problem in settings. ${text}`,
    tooltip: () => escapeMarkdown(text),
  }
}

export function problemsRow(problems: readonly SettingProblem[]): TreeRow {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return {
    id: 'problems',
    label: `${count} in settings`,
    description: '',
    icon: { id: 'warning', color: 'list.warningForeground' },
    context: 'problems',
    expansion: 'expanded',
    spoken: `${count} in the settings of Roundhouse`,
    children: problems.map(problemRow),
    revision: '',
  }
}
