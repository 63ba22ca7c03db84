import type { ModelInfo } from '../../core/model.js'
import { canChat, formatModelRef } from '../../core/model.js'
import type { HealthRecords } from '../../core/registry/healthRecords.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import { offersRoutes } from '../../core/routing/routeProvider.js'
import { formatCount } from '../modelInformation.js'
import type { SettingProblem } from '../settingProblem.js'
import { actionRow, type Hint } from './actionRow.js'
import {
  type ConnectionStatus,
  describeStaleness,
  describeStatus,
  type StatusKind,
} from './connectionStatus.js'
import { filterModels } from './filter.js'
import {
  contextWindowOf,
  formatModelCount,
  formatPricePair,
  formatTokens,
  listCapabilities,
} from './format.js'
import { connectionTooltip, modelTooltip } from './modelTooltip.js'
import { problemsRow } from './problemRows.js'
import { foundBaseUrl, isEmbedded, locationOf } from './providerTraits.js'
import { routeRows } from './routeRows.js'
import { connectionNodeId, modelNodeId } from './treeTarget.js'

interface TreeIcon {
  readonly id: string
  /** A theme colour. */
  readonly color?: string
}

/** One row of the tree, without VS Code's own types. */
export interface TreeRow {
  /** Stable, so that what the user expanded stays so. */
  readonly id: string
  readonly label: string
  readonly description: string
  readonly icon: TreeIcon
  /** Words for the menus' when clauses. */
  readonly context: string
  readonly expansion: 'none' | 'collapsed' | 'expanded'
  /** What a screen reader says. */
  readonly spoken: string
  readonly command?: { readonly id: string; readonly title: string; readonly argument?: string }
  readonly children: readonly TreeRow[]
  /** Changes with whatever the tooltip says. */
  readonly revision: string
  /** Markdown, made when the pointer rests. `now`: milliseconds since the epoch. */
  readonly tooltip?: (now: number) => string
}

export interface TreeInput {
  readonly views: readonly ConnectionView[]
  readonly lastCheck: HealthRecords['last']
  readonly problems: readonly SettingProblem[]
  readonly filter: string
  /** The default as it is now, `connection/id`. */
  readonly defaultModel: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

const statusIcons: Readonly<Record<StatusKind, TreeIcon>> = {
  ready: { id: 'pass', color: 'testing.iconPassed' },
  refreshing: { id: 'sync~spin' },
  disabled: { id: 'circle-slash', color: 'disabledForeground' },
  keyMissing: { id: 'key', color: 'list.warningForeground' },
  keyOtherOrigin: { id: 'key', color: 'list.warningForeground' },
  keyUnreadable: { id: 'key', color: 'list.errorForeground' },
  unreachable: { id: 'debug-disconnect', color: 'list.errorForeground' },
  heldBack: { id: 'shield', color: 'disabledForeground' },
}

const keyWords = {
  notNeeded: 'keyNone',
  stored: 'keyStored',
  environment: 'keyEnvironment',
  missing: 'keyOptional',
  otherOrigin: 'keyStored',
  unavailable: 'keyStored',
} as const

function keyWord({ provider, key }: ConnectionView): string {
  if (provider.key === undefined) return 'keyNone'
  return key.state === 'missing' && key.required ? 'keyMissing' : keyWords[key.state]
}

function joinWords(words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== '').join(' · ')
}

function modelFlags(model: ModelInfo, { provider }: ConnectionView, isDefault: boolean): readonly string[] {
  return [
    'model',
    ...(canChat(model) ? ['chat'] : []),
    ...(isDefault ? ['default'] : []),
    ...(isEmbedded(provider) ? ['file'] : []),
  ]
}

function modelIcon(model: ModelInfo, isDefault: boolean): TreeIcon {
  if (model.loadFailure !== undefined) return { id: 'error', color: 'list.errorForeground' }
  if (isDefault) return { id: 'star-full', color: 'charts.yellow' }
  return { id: isRetiring(model) ? 'warning' : canChat(model) ? 'chip' : 'graph-scatter' }
}

function isRetiring({ lifecycle }: ModelInfo): boolean {
  return lifecycle !== undefined && lifecycle.status !== 'active'
}

function modelRow(model: ModelInfo, view: ConnectionView, input: TreeInput): TreeRow {
  const isDefault = formatModelRef(model) === input.defaultModel
  const window = contextWindowOf(model)
  const abilities = listCapabilities(model.capabilities)
  const price = formatPricePair(model.pricing)
  const failed = model.loadFailure === undefined ? undefined : 'failed to load'
  return {
    id: modelNodeId(model),
    label: model.name,
    description: joinWords([
      failed,
      window === undefined ? undefined : formatTokens(window),
      price,
      isRetiring(model) ? model.lifecycle?.status : undefined,
      isDefault ? 'default' : undefined,
    ]),
    icon: modelIcon(model, isDefault),
    context: modelFlags(model, view, isDefault).join(' '),
    expansion: 'none',
    spoken: [
      model.name,
      `model of ${view.connection.name}`,
      isDefault ? 'default model' : '',
      failed ?? '',
      window === undefined ? 'context unknown' : `context ${formatCount(window)} tokens`,
      ...abilities,
      price === undefined ? '' : `price ${price} per million tokens`,
    ]
      .filter((word) => word !== '')
      .join(', '),
    children: [],
    revision: JSON.stringify(model),
    tooltip: (now) => modelTooltip(model, view, now),
  }
}

/** What to do where a connection has nothing to show. */
const emptyHints: Readonly<Record<StatusKind, Hint>> = {
  ready: { label: 'It lists no models. Edit…', command: 'roundhouse.editConnection', icon: 'info' },
  refreshing: { label: 'Asking for its models…', command: 'roundhouse.showConnection', icon: 'sync~spin' },
  disabled: { label: 'Enable', command: 'roundhouse.enableConnection', icon: 'circle-large-outline' },
  keyMissing: { label: 'Enter the key…', command: 'roundhouse.enterKey', icon: 'key' },
  keyOtherOrigin: { label: 'Enter the key for this address…', command: 'roundhouse.enterKey', icon: 'key' },
  keyUnreadable: { label: 'Enter the key again…', command: 'roundhouse.enterKey', icon: 'key' },
  unreachable: { label: 'What is wrong?', command: 'roundhouse.showConnection', icon: 'question' },
  heldBack: { label: 'Why is it held back?', command: 'roundhouse.showConnection', icon: 'shield' },
}

function emptyHint(view: ConnectionView, status: ConnectionStatus): Hint {
  if (status.kind === 'ready' && isEmbedded(view.provider)) {
    return { label: 'Add a GGUF file…', command: 'roundhouse.addModelFile', icon: 'add' }
  }
  return emptyHints[status.kind]
}

/** What a connection's row shows beside its name, and what a screen reader says. */
function connectionWords(view: ConnectionView, shown: number, input: TreeInput) {
  const { connection, provider, key, models } = view
  const status = describeStatus(view, input.now)
  const fromEnvironment = key.state === 'environment' ? `key from ${key.variable}` : undefined
  const total = formatModelCount(models.length)
  const listed = input.filter === '' ? total : `${shown} of ${total}`
  const count = models.length === 0 && status.kind !== 'ready' ? undefined : listed
  const name = connection.name === provider.name ? undefined : connection.name
  return {
    description: joinWords([
      status.kind === 'ready' ? undefined : status.words,
      count,
      models.length === 0 ? undefined : describeStaleness(view, input.now),
      fromEnvironment,
    ]),
    spoken: [name, `${provider.name} connection`, status.words, count, fromEnvironment]
      .filter((word) => word !== undefined)
      .join(', '),
  }
}

function connectionRow(view: ConnectionView, models: readonly ModelInfo[], input: TreeInput): TreeRow {
  const id = connectionNodeId(view.connection.id)
  const status = describeStatus(view, input.now)
  const check = input.lastCheck(view.connection.id)
  const children =
    models.length > 0
      ? models.map((model) => modelRow(model, view, input))
      : [actionRow(`hint:${view.connection.id}`, emptyHint(view, status), id)]
  const flags = [
    'connection',
    view.connection.enabled ? 'enabled' : 'disabled',
    keyWord(view),
    ...(isEmbedded(view.provider) ? ['files'] : []),
  ]
  return {
    id,
    label: view.connection.name,
    ...connectionWords(view, models.length, input),
    icon: statusIcons[status.kind],
    context: flags.join(' '),
    expansion: input.filter === '' ? 'collapsed' : 'expanded',
    children,
    revision: JSON.stringify([
      view.listedAt,
      foundBaseUrl(view.connection, view.provider),
      status.sentence,
      check?.at,
    ]),
    tooltip: (now) => connectionTooltip(view, now, check),
  }
}

interface Group {
  readonly location: 'cloud' | 'local'
  readonly label: string
  readonly icon: string
  readonly add: Hint
}

const groups: readonly Group[] = [
  {
    location: 'cloud',
    label: 'Cloud',
    icon: 'cloud',
    add: { label: 'Add a connection…', command: 'roundhouse.addConnection', icon: 'add' },
  },
  {
    location: 'local',
    label: 'Local',
    icon: 'vm',
    add: { label: 'Add a GGUF file…', command: 'roundhouse.addModelFile', icon: 'add' },
  },
]

function groupRow(group: Group, input: TreeInput): TreeRow | undefined {
  const views = input.views.filter((view) => locationOf(view) === group.location && !offersRoutes(view))
  const matches = views
    .map((view) => ({ view, models: filterModels(view, input.filter) }))
    .filter(({ models }) => input.filter === '' || models.length > 0)
  if (matches.length === 0 && input.filter !== '') return undefined
  const children =
    matches.length > 0
      ? matches.map(({ view, models }) => connectionRow(view, models, input))
      : [actionRow(`add:${group.location}`, group.add)]
  return {
    id: `group:${group.location}`,
    label: group.label,
    description: '',
    icon: { id: group.icon },
    context: `group ${group.location}`,
    expansion: 'expanded',
    spoken: `${group.label} models, ${views.length === 1 ? '1 connection' : `${views.length} connections`}`,
    children,
    revision: '',
  }
}

/** The whole tree; empty where nothing is configured, so that the welcome view shows. */
export function buildTree(input: TreeInput): readonly TreeRow[] {
  const problems = input.problems.length === 0 || input.filter !== '' ? [] : [problemsRow(input.problems)]
  if (input.views.length === 0) return problems
  return [...problems, ...groups.flatMap((group) => groupRow(group, input) ?? []), ...routeRows(input)]
}
