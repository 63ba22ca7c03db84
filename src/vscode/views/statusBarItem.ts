import { parseModelRef } from '../../core/model.js'
import type { AttemptCost } from '../../core/usage/attemptRecord.js'
import type { AnswerCost, Answerer } from '../answerers.js'
import type { ActiveModelState, StandIn } from './activeModel.js'
import { describeStatus } from './connectionStatus.js'
import { escapeIcons, escapeMarkdown, formatSum, shorten } from './format.js'
import { modelTooltip, sourceWords } from './modelTooltip.js'

/** What the status bar shows, without VS Code's own types. */
export interface StatusBarState {
  readonly text: string
  /** Markdown. */
  readonly tooltip: string
  readonly spoken: string
  readonly warning: boolean
}

const longestName = 28

const standInWords: Readonly<Record<StandIn, string>> = {
  lastUsed: 'No default is chosen; this is the model that was used last.',
  local: 'No default is chosen; this is the first local model.',
  cloud:
    'No default is chosen, and there is no local model. This one runs in a cloud and may cost money: click to choose it, or another one.',
  builtin: 'No default is chosen, and there is no other model.',
}

/** Makers' names before a slash cost room and say little. */
function shortName(name: string): string {
  return shorten(name.split('/').at(-1) || name, longestName)
}

const noModel: StatusBarState = {
  text: '$(circuit-board) No model',
  tooltip: 'Roundhouse has no model yet. Click to add one.',
  spoken: 'Roundhouse has no model yet. Add one.',
  warning: false,
}

function missing(active: ActiveModelState): StatusBarState {
  const ref = parseModelRef(active.id)
  const name = shortName(ref?.id || active.id)
  const reason =
    active.view === undefined
      ? `its connection “${ref?.connection ?? ''}” does not exist`
      : `${active.view.connection.name} does not list it`
  return {
    text: `$(warning) ${escapeIcons(name)}`,
    tooltip: `**${escapeMarkdown(active.id)}** cannot be used: ${escapeMarkdown(reason)}\\.\n\nClick to choose another model.`,
    spoken: `Roundhouse model ${name} cannot be used: ${reason}. Choose another model.`,
    warning: true,
  }
}

const costSourceWords: Readonly<Record<AttemptCost['source'], string>> = {
  ...sourceWords,
  billed: 'billed by the server',
  tier: 'estimated: the price is for another service tier',
}

/** What the last call has cost, and where that sum comes from. */
function costLine({ cost, accuracy, isCacheHit }: AnswerCost): string {
  if (isCacheHit) return 'It came from the response cache and cost nothing.'
  if (cost === undefined) return 'Its cost is unknown: the model has no price.'
  if (cost.usd === 0 && cost.source !== 'billed') return 'It cost nothing.'
  const source =
    cost.source in sourceWords ? `price from ${costSourceWords[cost.source]}` : costSourceWords[cost.source]
  const tokens = accuracy === 'estimated' && cost.source !== 'billed' ? ', for estimated tokens' : ''
  return `It cost ${formatSum(cost.usd)} (${source}${tokens}).`
}

function answererLine({ asked, model, connection, spent }: Answerer): string {
  const cost = spent === undefined ? '' : ` ${escapeMarkdown(costLine(spent))}`
  const through = connection === undefined ? '' : ` through ${escapeMarkdown(connection)}`
  return `The last answer in Chat was ${escapeMarkdown(model)}’s${through}, asked for as ${escapeMarkdown(asked)}.${cost}`
}

/** `now`: milliseconds since the epoch. `answerer`: who has answered last in this window. */
export function describeStatusBar(
  active: ActiveModelState | undefined,
  now: number,
  answerer?: Answerer,
): StatusBarState {
  if (active === undefined) return noModel
  const { model, view } = active
  if (view === undefined || model === undefined) {
    const waiting = view !== undefined && view.state.kind === 'refreshing' && view.models.length === 0
    if (!waiting) return missing(active)
    const name = shortName(active.id)
    const tooltip = `${escapeMarkdown(view.connection.name)} is being asked for its models.`
    return {
      text: `$(sync~spin) ${escapeIcons(name)}`,
      tooltip,
      spoken: `Roundhouse model ${name}, loading`,
      warning: false,
    }
  }
  const status = describeStatus(view, now)
  const troubled = status.needsAction || status.kind === 'unreachable'
  const icon = troubled ? 'warning' : model.location === 'local' ? 'vm' : 'cloud'
  const name = shortName(model.name)
  const advice = troubled ? [`**${escapeMarkdown(status.sentence)}**`, ''] : []
  const answered = answerer === undefined ? [] : ['', answererLine(answerer)]
  const origin = active.standIn === undefined ? [] : ['', standInWords[active.standIn]]
  return {
    text: `$(${icon}) ${escapeIcons(name)}`,
    tooltip: [
      ...advice,
      modelTooltip(model, view, now),
      ...origin,
      ...answered,
      '',
      'Click to switch models.',
    ].join('\n'),
    spoken: `Roundhouse model ${name} of ${view.connection.name}, ${status.words}. Switch models.`,
    warning: troubled,
  }
}
