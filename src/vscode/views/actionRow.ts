import type { TreeRow } from './treeItems.js'

export interface Hint {
  readonly label: string
  readonly command: string
  readonly icon: string
}

/** A row that runs a command when it is clicked. */
export function actionRow(id: string, hint: Hint, argument?: string): TreeRow {
  return {
    id,
    label: hint.label,
    description: '',
    icon: { id: hint.icon },
    context: 'action',
    expansion: 'none',
    spoken: hint.label,
    command: { id: hint.command, title: hint.label, ...(argument === undefined ? {} : { argument }) },
    children: [],
    revision: '',
  }
}
