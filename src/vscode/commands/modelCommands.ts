import { formatModelRef, type ModelInfo } from '../../core/model.js'
import { describeStatus } from '../views/connectionStatus.js'
import { describePause } from '../views/connectionTest.js'
import { formatModelCount } from '../views/format.js'
import { chooseDefault, openChat } from './chat.js'
import { addModelFile, removeModelFile } from './modelFiles.js'
import { chooseConnection, chooseModel, findConfigured } from './pickers.js'
import type { CommandHandlers, CommandServices } from './services.js'
import { showSwitcher } from './switcher.js'
import { setTaskModels, setUtilityModels } from './taskModels.js'

type ModelCommand =
  | 'roundhouse.addModelFile'
  | 'roundhouse.removeModelFile'
  | 'roundhouse.refreshModels'
  | 'roundhouse.refreshConnection'
  | 'roundhouse.selectModel'
  | 'roundhouse.setDefaultModel'
  | 'roundhouse.useInChat'
  | 'roundhouse.copyModelId'
  | 'roundhouse.hideModel'
  | 'roundhouse.setTaskModels'
  | 'roundhouse.setUtilityModels'

async function refreshAll(services: CommandServices): Promise<void> {
  const pauses = await services.ui.progress('Refreshing models…', async () => services.registry.refresh())
  const now = services.clock.now()
  const troubled = services.registry
    .views()
    .filter((view) => describeStatus(view, now).kind === 'unreachable')
  const names = troubled.map((view) => view.connection.name).join(', ')
  const found = formatModelCount(services.registry.models().length)
  const waiting = pauses.map((pause) => `; ${pause.connection.name} ${describePause(pause)}`).join('')
  services.ui.flash(`${found}${troubled.length === 0 ? '' : `; unreachable: ${names}`}${waiting}`)
}

async function refreshOne(services: CommandServices, argument: unknown): Promise<void> {
  const question = { title: 'Refresh Connection', none: 'There is no connection yet. Add one first.' }
  const configured = await chooseConnection(services, argument, question)
  if (configured === undefined) return
  for (const pause of await services.registry.refresh(configured.connection.id))
    services.ui.flash(`${pause.connection.name} was ${describePause(pause)}`)
}

async function useInChat(services: CommandServices, argument: unknown): Promise<void> {
  const model = await chooseModel(services, argument, {
    title: 'Use in Chat',
    placeholder: 'Which model?',
    withRoutes: true,
  })
  if (model === undefined) return
  await chooseDefault(services, model)
  await openChat(services, model)
}

async function copyId(services: CommandServices, argument: unknown): Promise<void> {
  const model = await chooseModel(services, argument, {
    title: 'Copy Model Id',
    placeholder: 'Which model?',
    withRoutes: true,
  })
  if (model === undefined) return
  await services.host.copy(formatModelRef(model))
  services.ui.flash(`Copied ${formatModelRef(model)}`)
}

async function setDefault(services: CommandServices, argument: unknown): Promise<void> {
  const model = await chooseModel(services, argument, {
    title: 'Make Default',
    placeholder: 'Which model?',
    withRoutes: true,
  })
  if (model !== undefined) await chooseDefault(services, model)
}

async function hide(services: CommandServices, model: ModelInfo): Promise<void> {
  const configured = findConfigured(services, model.connection)
  if (configured === undefined) return
  const { connection } = configured
  await services.connections.save({ ...connection, exclude: [...connection.exclude, model.id] })
  const message = `${model.name} is hidden by the exclude patterns of “${connection.name}”.`
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Undo'] })
  if (answer === 'Undo') await services.connections.save(connection)
}

async function hideModel(services: CommandServices, argument: unknown): Promise<void> {
  const model = await chooseModel(services, argument, { title: 'Hide Model', placeholder: 'Which model?' })
  if (model !== undefined) await hide(services, model)
}

export function modelCommands(services: CommandServices): Pick<CommandHandlers, ModelCommand> {
  return {
    'roundhouse.addModelFile': async (argument) => addModelFile(services, argument),
    'roundhouse.removeModelFile': async (argument) => removeModelFile(services, argument),
    'roundhouse.refreshModels': async () => refreshAll(services),
    'roundhouse.refreshConnection': async (argument) => refreshOne(services, argument),
    'roundhouse.selectModel': async () => showSwitcher(services),
    'roundhouse.setDefaultModel': async (argument) => setDefault(services, argument),
    'roundhouse.useInChat': async (argument) => useInChat(services, argument),
    'roundhouse.copyModelId': async (argument) => copyId(services, argument),
    'roundhouse.hideModel': async (argument) => hideModel(services, argument),
    'roundhouse.setTaskModels': async () => setTaskModels(services),
    'roundhouse.setUtilityModels': async () => setUtilityModels(services),
  }
}
