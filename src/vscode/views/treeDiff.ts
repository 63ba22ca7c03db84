import type { TreeRow } from './treeItems.js'

/** Every row by its id, with its parent. */
export interface TreeIndex {
  readonly roots: readonly TreeRow[]
  readonly rows: ReadonlyMap<string, TreeRow>
  readonly parents: ReadonlyMap<string, string | undefined>
}

export function indexTree(roots: readonly TreeRow[]): TreeIndex {
  const rows = new Map<string, TreeRow>()
  const parents = new Map<string, string | undefined>()
  const visit = (row: TreeRow, parent: string | undefined): void => {
    rows.set(row.id, row)
    parents.set(row.id, parent)
    for (const child of row.children) visit(child, row.id)
  }
  for (const root of roots) visit(root, undefined)
  return { roots, rows, parents }
}

function sameIds(before: readonly TreeRow[], after: readonly TreeRow[]): boolean {
  return before.length === after.length && before.every((row, index) => row.id === after[index]?.id)
}

function sameRow(before: TreeRow, after: TreeRow): boolean {
  return (
    before.label === after.label &&
    before.description === after.description &&
    before.icon.id === after.icon.id &&
    before.icon.color === after.icon.color &&
    before.context === after.context &&
    before.spoken === after.spoken &&
    before.revision === after.revision &&
    sameIds(before.children, after.children)
  )
}

/**
 * The rows to draw again, none of them inside another one; `undefined` stands for the root.
 * A row that merely looks different is drawn with its children, which is what VS Code does anyway.
 */
export function changedRows(before: TreeIndex, after: TreeIndex): readonly (string | undefined)[] {
  if (!sameIds(before.roots, after.roots)) return [undefined]
  const changed: string[] = []
  const visit = (row: TreeRow): void => {
    const old = before.rows.get(row.id)
    if (old === undefined || !sameRow(old, row)) changed.push(row.id)
    else for (const child of row.children) visit(child)
  }
  for (const root of after.roots) visit(root)
  return changed
}
