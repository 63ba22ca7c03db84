import { formatModelRef, type ModelInfo } from '../../core/model.js'
import { isRoute } from '../../core/routing/routeProvider.js'
import { contextWindowOf, escapeIcons, formatPricePair, formatTokens } from '../views/format.js'
import { countNamesakes, rankForTask } from './taskRanks.js'
import type { TaskRole, TaskRow } from './taskTable.js'
import type { PickRow } from './ui.js'

const vendor = 'roundhouse'

/** As VS Code finds a model by its name, in some settings and in agents. */
export function qualifiedName({ name }: ModelInfo): string {
  return `${name} (${vendor})`
}

/** As the setting of the task names the model. */
export function settingValue(model: ModelInfo, { form }: Pick<TaskRow, 'form'>): string {
  return form === 'id' ? `${vendor}/${formatModelRef(model)}` : qualifiedName(model)
}

export interface TaskQuestion {
  readonly models: readonly ModelInfo[]
  readonly form: TaskRow['form']
  readonly role: TaskRole
  readonly needsTools: boolean
  /** What the setting or the file says now. */
  readonly current: unknown
  readonly now: number
}

/** For a question about one task: the best for it first and proposed, then routes. */
export function modelRows(question: TaskQuestion): readonly PickRow<ModelInfo>[] {
  const { models, current } = question
  const ranked = rankForTask(models, question)
  const isCurrent = (model: ModelInfo): boolean => settingValue(model, question) === current
  const [proposed] = ranked
  const isKnown = [...ranked, ...models.filter(isRoute)].some(isCurrent)
  const toRow = (model: ModelInfo): PickRow<ModelInfo> => ({
    label: escapeIcons(model.name),
    icon: isRoute(model) ? 'git-branch' : model.location === 'local' ? 'vm' : 'cloud',
    description: [...(isCurrent(model) ? ['current'] : []), ...(model === proposed ? ['proposed'] : [])].join(
      ', ',
    ),
    detail: escapeIcons(describe(model, question)),
    active: isCurrent(model) || (model === proposed && !isKnown),
    value: model,
  })
  return [
    ...ranked.map(toRow),
    ...models
      .filter(isRoute)
      .map(toRow)
      .map((row, index) => (index === 0 ? { heading: 'Routes', ...row } : row)),
  ]
}

function describe(model: ModelInfo, { models, form }: TaskQuestion): string {
  if (isRoute(model)) return model.description ?? formatModelRef(model)
  const window = contextWindowOf(model)
  const price =
    model.location === 'local' ? 'runs locally' : (formatPricePair(model.pricing) ?? 'price unknown')
  const namesakes = form === 'name' ? countNamesakes(models, model) : 0
  return [
    formatModelRef(model),
    window === undefined ? 'context unknown' : `${formatTokens(window)} context`,
    price,
    ...(namesakes === 0 ? [] : ['another model has this name: VS Code takes the first']),
  ].join(' · ')
}
