import { formatModelRef, type ModelInfo } from '../../core/model.js'
import { offersRoutes } from '../../core/routing/routeProvider.js'
import { filterModels } from './filter.js'
import { escapeMarkdown } from './format.js'
import type { TreeInput, TreeRow } from './treeItems.js'
import { modelNodeId } from './treeTarget.js'

function routeRow(route: ModelInfo, { defaultModel }: TreeInput): TreeRow {
  const id = formatModelRef(route)
  const isDefault = id === defaultModel
  const description = route.description ?? ''
  return {
    id: modelNodeId(route),
    label: route.name,
    description: isDefault ? `default · ${description}` : description,
    icon: isDefault ? { id: 'star-full', color: 'charts.yellow' } : { id: 'milestone' },
    context: isDefault ? 'route default' : 'route',
    expansion: 'none',
    spoken: [route.name, 'route', ...(isDefault ? ['default model'] : []), description].join(', '),
    children: [],
    revision: description,
    tooltip: () =>
      `**${escapeMarkdown(route.name)}**\n\n${escapeMarkdown(description)}\n\n${escapeMarkdown(id)} is a model of its own: pick it in Chat.`,
  }
}

/** The routes, below the connections whose models they choose from; none where there is nothing to choose. */
export function routeRows(input: TreeInput): readonly TreeRow[] {
  const routes = input.views.filter(offersRoutes).flatMap((view) => filterModels(view, input.filter))
  if (routes.length === 0) return []
  return [
    {
      id: 'group:routes',
      label: 'Routes',
      description: '',
      icon: { id: 'git-branch' },
      context: 'group routes',
      expansion: input.filter === '' ? 'collapsed' : 'expanded',
      spoken: routes.length === 1 ? '1 route' : `${routes.length} routes`,
      children: routes.map((route) => routeRow(route, input)),
      revision: '',
    },
  ]
}
