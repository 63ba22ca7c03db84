import { formatPricePair } from '../views/format.js'
import { chooseDefault, openChat, setUpChat } from './chat.js'
import type { CommandHandlers, CommandServices } from './services.js'

type HelpCommand =
  | 'roundhouse.setUpChat'
  | 'roundhouse.askInChat'
  | 'roundhouse.showLog'
  | 'roundhouse.openSettings'
  | 'roundhouse.openWalkthrough'

const extensionId = 'roundhouse.roundhouse'

const use = 'Use It'
const selectAnother = 'Select Another'

/** A cloud's model stands in for a choice only once the user has agreed, for it may cost money. */
async function askInChat(services: CommandServices): Promise<void> {
  const { model, standIn } = services.activeModel.get() ?? {}
  if (model === undefined || standIn !== 'cloud') return await openChat(services, model)
  const price = formatPricePair(model.pricing)
  const answer = await services.ui.tell({
    level: 'info',
    modal: true,
    message: `Ask ${model.name}?`,
    detail: `You have chosen no model, and there is no local one. This one runs in a cloud${price === undefined ? ' and may cost money' : `: ${price}`}.`,
    buttons: [use, selectAnother],
  })
  if (answer === use) {
    await chooseDefault(services, model)
    await openChat(services, model)
  } else if (answer === selectAnother) {
    await services.host.execute('roundhouse.selectModel')
  }
}

export function helpCommands(services: CommandServices): Pick<CommandHandlers, HelpCommand> {
  const { host } = services
  return {
    'roundhouse.setUpChat': async () => {
      await setUpChat(services)
      services.ui.flash('Chat is set up for your own models')
    },
    'roundhouse.askInChat': async () => askInChat(services),
    'roundhouse.showLog': async () => services.showLog(),
    'roundhouse.openSettings': async () => {
      await host.execute('workbench.action.openSettings', `@ext:${extensionId}`)
    },
    'roundhouse.openWalkthrough': async () => {
      await host.execute('workbench.action.openWalkthrough', `${extensionId}#roundhouse.start`, false)
    },
  }
}
