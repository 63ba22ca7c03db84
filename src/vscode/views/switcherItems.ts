import { canChat, formatModelRef, type ModelInfo } from '../../core/model.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import { isRoute } from '../../core/routing/routeProvider.js'
import { describeStaleness, describeStatus } from './connectionStatus.js'
import { contextWindowOf, escapeIcons, formatPricePair, formatTokens, listCapabilities } from './format.js'

/** What choosing a row does. */
export type SwitcherChoice =
  | { readonly kind: 'model'; readonly model: ModelInfo }
  | { readonly kind: 'command'; readonly command: string; readonly connection?: string }

export interface SwitcherRow {
  /** The heading above this row, where a new group begins. */
  readonly heading?: string
  readonly label: string
  readonly icon: string
  readonly description: string
  readonly detail?: string
  readonly choice: SwitcherChoice
}

export interface SwitcherInput {
  readonly views: readonly ConnectionView[]
  readonly active: string | undefined
  /** `connection/id`, the latest first. */
  readonly recent: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

function priceOf(model: ModelInfo): string {
  const price = formatPricePair(model.pricing)
  if (price === undefined) return model.location === 'local' ? 'local' : 'price unknown'
  return price === 'free' ? price : `${price} per 1M`
}

/** What a route can do is what its models can, so it is found by its name alone. */
function routeRow(model: ModelInfo, view: ConnectionView, input: SwitcherInput): SwitcherRow {
  const id = formatModelRef(model)
  const isActive = id === input.active
  return {
    label: escapeIcons(model.name),
    icon: isActive ? 'check' : 'milestone',
    description: escapeIcons(isActive ? `${id} · default` : id),
    detail: escapeIcons(
      [view.connection.name, ...(model.description === undefined ? [] : [model.description])].join(' · '),
    ),
    choice: { kind: 'model', model },
  }
}

function modelRow(model: ModelInfo, view: ConnectionView, input: SwitcherInput): SwitcherRow {
  if (isRoute(model)) return routeRow(model, view, input)
  const id = formatModelRef(model)
  const window = contextWindowOf(model)
  const status = describeStatus(view, input.now)
  const troubled = status.kind === 'unreachable'
  const facts = [
    view.connection.name,
    window === undefined ? 'context unknown' : `${formatTokens(window)} context`,
    ...(model.maxOutputTokens === undefined ? [] : [`${formatTokens(model.maxOutputTokens)} output`]),
    priceOf(model),
    ...listCapabilities(model.capabilities),
    ...(troubled ? [status.words] : []),
  ]
  const icon = troubled ? 'warning' : model.location === 'local' ? 'vm' : 'cloud'
  return {
    label: escapeIcons(model.name),
    icon: id === input.active ? 'check' : icon,
    description: escapeIcons(id === input.active ? `${id} · default` : id),
    detail: escapeIcons(facts.join(' · ')),
    choice: { kind: 'model', model },
  }
}

const keyStates = new Set(['keyMissing', 'keyOtherOrigin', 'keyUnreadable'])

function connectionRows(view: ConnectionView, input: SwitcherInput): readonly SwitcherRow[] {
  const status = describeStatus(view, input.now)
  const name = escapeIcons(view.connection.name)
  if (keyStates.has(status.kind)) {
    return [
      {
        label: `${name}: enter the key…`,
        icon: 'key',
        description: status.words,
        choice: { kind: 'command', command: 'roundhouse.enterKey', connection: view.connection.id },
      },
    ]
  }
  const chatModels = view.models.filter(canChat)
  if (chatModels.length > 0) return chatModels.map((model) => modelRow(model, view, input))
  return [
    {
      label: `${name}: ${status.words === 'ready' ? 'no models' : status.words}`,
      icon: status.kind === 'refreshing' ? 'sync~spin' : 'info',
      description: '',
      choice: { kind: 'command', command: 'roundhouse.showConnection', connection: view.connection.id },
    },
  ]
}

function headingOf(view: ConnectionView, now: number): string {
  if (view.models.length === 0) return view.connection.name
  const status = describeStatus(view, now)
  const stale = describeStaleness(view, now)
  const words = [view.connection.name, ...(status.kind === 'unreachable' ? [status.words] : []), stale]
  return words.filter((word) => word !== undefined).join(' · ')
}

function withHeading(rows: readonly SwitcherRow[], heading: string): readonly SwitcherRow[] {
  return rows.map((row, index) => (index === 0 ? { ...row, heading } : row))
}

function recentRows(views: readonly ConnectionView[], input: SwitcherInput): readonly SwitcherRow[] {
  const known = new Map(
    views.flatMap((view) =>
      keyStates.has(describeStatus(view, input.now).kind)
        ? []
        : view.models.map((model) => [formatModelRef(model), { model, view }] as const),
    ),
  )
  return input.recent.flatMap((id) => {
    const found = known.get(id)
    return found === undefined ? [] : [modelRow(found.model, found.view, input)]
  })
}

/** Ready connections first, then those that need the user; disabled ones stay away. */
export function buildSwitcher(input: SwitcherInput): readonly SwitcherRow[] {
  const enabled = input.views.filter((view) => describeStatus(view, input.now).kind !== 'disabled')
  const needsAction = (view: ConnectionView) => describeStatus(view, input.now).needsAction
  const ordered = [
    ...enabled.filter((view) => !needsAction(view)),
    ...enabled.filter((view) => needsAction(view)),
  ]
  return [
    ...withHeading(recentRows(enabled, input), 'Recent'),
    ...ordered.flatMap((view) => withHeading(connectionRows(view, input), headingOf(view, input.now))),
    {
      heading: 'Roundhouse',
      label: 'Add Connection…',
      icon: 'add',
      description: '',
      choice: { kind: 'command', command: 'roundhouse.addConnection' },
    },
  ]
}
