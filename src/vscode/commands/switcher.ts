import { formatModelRef } from '../../core/model.js'
import { buildSwitcher, type SwitcherChoice } from '../views/switcherItems.js'
import { connectionNodeId } from '../views/treeTarget.js'
import { chooseDefault, openChat } from './chat.js'
import type { CommandServices } from './services.js'
import type { PickRow, RowButton } from './ui.js'

const modelButtons: readonly RowButton[] = [
  { id: 'chat', icon: 'comment-discussion', tooltip: 'Use in Chat' },
  { id: 'default', icon: 'star-empty', tooltip: 'Make default' },
  { id: 'copy', icon: 'copy', tooltip: 'Copy model id' },
]

function rowsOf(services: CommandServices): readonly PickRow<SwitcherChoice>[] {
  const active = services.activeModel.get()?.id
  const rows = buildSwitcher({
    views: services.routed.views(),
    active,
    recent: services.recentModels.list(),
    now: services.clock.now(),
  })
  const first = rows.findIndex(
    (row) => row.choice.kind === 'model' && formatModelRef(row.choice.model) === active,
  )
  return rows.map(({ choice, ...row }, index) => ({
    ...row,
    value: choice,
    active: index === first,
    ...(choice.kind === 'model' ? { buttons: modelButtons } : {}),
  }))
}

async function onButton(
  services: CommandServices,
  button: string,
  choice: SwitcherChoice,
): Promise<readonly PickRow<SwitcherChoice>[] | 'close' | undefined> {
  if (choice.kind !== 'model') return undefined
  const id = formatModelRef(choice.model)
  if (button === 'copy') {
    await services.host.copy(id)
    services.ui.flash(`Copied ${id}`)
    return undefined
  }
  await chooseDefault(services, choice.model)
  if (button === 'default') return rowsOf(services)
  await openChat(services, choice.model)
  return 'close'
}

/** Searches all models; what is picked becomes the default and Chat's model. */
export async function showSwitcher(services: CommandServices): Promise<void> {
  const answer = await services.ui.pick({
    title: 'Select Model',
    placeholder: 'Search by name, id, connection or ability (tools, images, reasoning)',
    rows: rowsOf(services),
    onButton: async (button, choice) => onButton(services, button, choice),
  })
  if (answer.kind !== 'value') return
  const choice = answer.value
  if (choice.kind === 'model') {
    await chooseDefault(services, choice.model)
    services.ui.flash(`${choice.model.name} is the default model`)
    return
  }
  const argument = choice.connection === undefined ? [] : [connectionNodeId(choice.connection)]
  await services.host.execute(choice.command, ...argument)
}
