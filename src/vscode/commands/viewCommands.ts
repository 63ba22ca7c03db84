import type { CommandHandlers, CommandServices } from './services.js'

type ViewCommand = 'roundhouse.filterModels' | 'roundhouse.clearFilter'

async function filterModels(services: CommandServices): Promise<void> {
  await services.host.execute('roundhouse.models.focus')
  const before = services.treeFilter.filter()
  const answer = await services.ui.input({
    title: 'Filter Models',
    prompt: 'Name, id, connection or ability (tools, images, reasoning); empty shows all.',
    value: before,
    onChange: (text) => services.treeFilter.setFilter(text),
  })
  if (answer.kind !== 'value') services.treeFilter.setFilter(before)
}

export function viewCommands(services: CommandServices): Pick<CommandHandlers, ViewCommand> {
  return {
    'roundhouse.filterModels': async () => filterModels(services),
    'roundhouse.clearFilter': async () => services.treeFilter.setFilter(''),
  }
}
