import { openChat, setUpChat } from './chat.js'
import type { CommandHandlers, CommandServices } from './services.js'

type HelpCommand =
  | 'roundhouse.setUpChat'
  | 'roundhouse.askInChat'
  | 'roundhouse.showLog'
  | 'roundhouse.openSettings'
  | 'roundhouse.openWalkthrough'

const extensionId = 'roundhouse.roundhouse'

export function helpCommands(services: CommandServices): Pick<CommandHandlers, HelpCommand> {
  const { host } = services
  return {
    'roundhouse.setUpChat': async () => {
      await setUpChat(services)
      services.ui.flash('Chat is set up for your own models')
    },
    'roundhouse.askInChat': async () => openChat(services, services.activeModel.get()?.model),
    'roundhouse.showLog': async () => services.showLog(),
    'roundhouse.openSettings': async () => {
      await host.execute('workbench.action.openSettings', `@ext:${extensionId}`)
    },
    'roundhouse.openWalkthrough': async () => {
      await host.execute('workbench.action.openWalkthrough', `${extensionId}#roundhouse.start`, false)
    },
  }
}
