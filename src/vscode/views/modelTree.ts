import * as vscode from 'vscode'
import { minuteMs } from '../../core/durations.js'
import type { Clock, Disposable } from '../../core/ports.js'
import type { Connections } from '../../core/registry/connections.js'
import type { HealthRecords } from '../../core/registry/healthRecords.js'
import type { Registry } from '../../core/registry/registry.js'
import type { SettingProblems } from '../settingProblem.js'
import type { ActiveModel } from './activeModel.js'
import { plainLine } from './foreignText.js'
import type { OpenedRows } from './openedRows.js'
import type { TreeIndex } from './treeDiff.js'
import type { TreeInput, TreeRow } from './treeItems.js'

export interface ModelTreeOptions {
  /** With the routes. */
  readonly routed: Registry
  readonly connections: Connections
  readonly activeModel: ActiveModel
  readonly opened: OpenedRows
  readonly healthRecords: Pick<HealthRecords, 'last' | 'onDidChange'>
  /** Of all settings but the connections. */
  readonly settingProblems: SettingProblems
  readonly clock: Clock
}

export interface ModelTree extends Disposable {
  filter(): string
  /** Empty shows everything. */
  setFilter(text: string): void
}

const viewId = 'roundhouse.models'
/** Ages are shown in minutes at their finest. */
const ageTickMs = minuteMs

const expansions: Readonly<Record<TreeRow['expansion'], vscode.TreeItemCollapsibleState>> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
}

function expansionOf(row: TreeRow, opened: boolean | undefined): vscode.TreeItemCollapsibleState {
  if (row.expansion === 'none' || opened === undefined) return expansions[row.expansion]
  return expansions[opened ? 'expanded' : 'collapsed']
}

/** A filtered row is another row to VS Code, so that what the filter opens is closed again afterwards. */
function toTreeItem(row: TreeRow, filtered: boolean, opened: OpenedRows): vscode.TreeItem {
  const expansion = expansionOf(row, filtered ? undefined : opened.get(row.id))
  const item = new vscode.TreeItem(plainLine(row.label), expansion)
  item.id = filtered ? `filtered:${row.id}` : row.id
  item.description = plainLine(row.description)
  item.contextValue = row.context
  item.accessibilityInformation = { label: plainLine(row.spoken) }
  item.iconPath =
    row.icon.color === undefined
      ? new vscode.ThemeIcon(row.icon.id)
      : new vscode.ThemeIcon(row.icon.id, new vscode.ThemeColor(row.icon.color))
  if (row.command !== undefined) {
    const { id, title, argument } = row.command
    item.command = { command: id, title, arguments: argument === undefined ? [] : [argument] }
  }
  return item
}

/** What makes the rows is loaded when the view is first looked at. */
async function loadRows() {
  const [items, diff] = await Promise.all([import('./treeItems.js'), import('./treeDiff.js')])
  return {
    build: (input: TreeInput) => diff.indexTree(items.buildTree(input)),
    changed: diff.changedRows,
  }
}

type Rows = Awaited<ReturnType<typeof loadRows>>

const nothing: TreeIndex = { roots: [], rows: new Map(), parents: new Map() }

interface DataSource {
  readonly changed: vscode.Event<string | undefined>
  readonly index: () => TreeIndex
  readonly filtered: () => boolean
  readonly opened: OpenedRows
  readonly load: () => Promise<void>
  readonly now: () => number
}

function createDataProvider({
  changed,
  index,
  filtered,
  opened,
  load,
  now,
}: DataSource): vscode.TreeDataProvider<string> {
  return {
    onDidChangeTreeData: changed,
    async getChildren(id) {
      await load()
      const rows = id === undefined ? index().roots : (index().rows.get(id)?.children ?? [])
      return rows.map((row) => row.id)
    },
    getParent: (id) => index().parents.get(id),
    getTreeItem(id) {
      const row = index().rows.get(id)
      if (row === undefined) throw new RangeError(`no row ${id}`)
      return toTreeItem(row, filtered(), opened)
    },
    resolveTreeItem(item, id) {
      const text = index().rows.get(id)?.tooltip?.(now())
      if (text !== undefined) item.tooltip = new vscode.MarkdownString(text)
      return item
    },
  }
}

/** The tree of connections and models. Its elements are ids, so that menu commands receive plain text. */
export function createModelTree(options: ModelTreeOptions): ModelTree {
  const changed = new vscode.EventEmitter<string | undefined>()
  let filter = ''
  let index = nothing
  let rows: Rows | undefined
  let loading: Promise<Rows> | undefined
  const build = ({ build: buildRows }: Rows): TreeIndex =>
    buildRows({
      views: options.routed.views(),
      lastCheck: (id) => options.healthRecords.last(id),
      problems: [...options.connections.problems(), ...options.settingProblems.list()],
      filter,
      defaultModel: options.activeModel.get()?.id,
      now: options.clock.now(),
    })
  const load = async (): Promise<void> => {
    if (rows !== undefined) return
    rows = await (loading ??= loadRows())
    index = build(rows)
  }
  const provider = createDataProvider({
    changed: changed.event,
    index: () => index,
    filtered: () => filter !== '',
    opened: options.opened,
    load,
    now: () => options.clock.now(),
  })
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: provider, showCollapseAll: true })
  const update = (): void => {
    if (rows === undefined) return
    const before = index
    index = build(rows)
    for (const id of rows.changed(before, index)) changed.fire(id)
    if (filter !== '') showFilter(view, filter, index.roots.length === 0)
  }
  const applyFilter = (text: string): void => {
    const toggles = (filter === '') !== (text.trim() === '')
    filter = text.trim()
    update()
    if (toggles) changed.fire(undefined)
    showFilter(view, filter, rows !== undefined && index.roots.length === 0)
    void vscode.commands.executeCommand('setContext', 'roundhouse.filtered', filter !== '')
  }
  const ages = keepAgesFresh(view, update)
  const follow = (id: string, open: boolean) => {
    if (filter === '') void options.opened.set(id, open)
  }
  const sources = [options.connections, options.settingProblems, options.activeModel, options.healthRecords]
  const subscriptions = sources.map(({ onDidChange }) => onDidChange(update))
  const expansion = followExpansion(view, follow)
  return {
    filter: () => filter,
    setFilter: applyFilter,
    dispose() {
      for (const subscription of [...subscriptions, expansion, ages, view, changed]) subscription.dispose()
    },
  }
}

/** In a line of its own: VS Code shows no description beside the title of a view that is alone. */
function showFilter(view: vscode.TreeView<string>, filter: string, isEmpty: boolean): void {
  const wanted = plainLine(filter)
  const found = isEmpty ? `No model matches “${wanted}”.` : `Models that match “${wanted}”:`
  view.message = filter === '' ? '' : found
}

function followExpansion(
  view: vscode.TreeView<string>,
  follow: (id: string, open: boolean) => void,
): Disposable {
  return vscode.Disposable.from(
    view.onDidExpandElement(({ element }) => follow(element, true)),
    view.onDidCollapseElement(({ element }) => follow(element, false)),
  )
}

/** "listed 3 h ago" grows old while it is looked at; nothing runs while the view is hidden. */
function keepAgesFresh(view: vscode.TreeView<string>, update: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined
  const follow = (visible: boolean): void => {
    clearInterval(timer)
    timer = visible ? setInterval(update, ageTickMs) : undefined
    if (visible) update()
  }
  const subscription = view.onDidChangeVisibility((event) => follow(event.visible))
  if (view.visible) follow(true)
  return {
    dispose() {
      clearInterval(timer)
      subscription.dispose()
    },
  }
}
