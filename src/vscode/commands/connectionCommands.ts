import { withoutCredentials } from '../../core/credentials/origin.js'
import type { Connection } from '../../core/provider.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import type { ConnectionTestResult } from '../../core/registry/testConnection.js'
import { describeKey, describeStatus, type StatusKind } from '../views/connectionStatus.js'
import { describeTest, describeTested } from '../views/connectionTest.js'
import { escapeIcons, formatMoment } from '../views/format.js'
import { connectionNodeId } from '../views/treeTarget.js'
import { addConnection, duplicateConnection } from './addConnection.js'
import { findBaseUrl } from './baseProbe.js'
import { editConnection } from './editConnection.js'
import { describeError } from './errors.js'
import { mayAskToken } from './oneToken.js'
import { openSettingInJson } from './openSetting.js'
import { type Configured, chooseConnection, statusWords } from './pickers.js'
import type { CommandHandlers, CommandServices } from './services.js'
import type { CommandId } from './table.js'

type ConnectionCommand =
  | 'roundhouse.addConnection'
  | 'roundhouse.manageConnections'
  | 'roundhouse.editConnection'
  | 'roundhouse.duplicateConnection'
  | 'roundhouse.enableConnection'
  | 'roundhouse.disableConnection'
  | 'roundhouse.removeConnection'
  | 'roundhouse.testConnection'
  | 'roundhouse.showConnection'
  | 'roundhouse.editConnectionsJson'

const noneYet = 'There is no connection yet. Add one first.'

async function setEnabled(
  services: CommandServices,
  { connection }: Configured,
  enabled: boolean,
): Promise<void> {
  await services.connections.save({ ...connection, enabled })
  services.ui.flash(`${connection.name} is ${enabled ? 'enabled' : 'disabled'}`)
}

async function offerUndo(services: CommandServices, connection: Connection, hadKey: boolean): Promise<void> {
  const keyNote = hadKey ? ' Its key is deleted; after Undo it is asked for again.' : ''
  const message = `“${connection.name}” was removed.${keyNote}`
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Undo'] })
  if (answer !== 'Undo') return
  await services.connections.save(connection)
  if (hadKey) await services.host.execute('roundhouse.enterKey', connectionNodeId(connection.id))
}

async function removeConnection(services: CommandServices, { connection }: Configured): Promise<void> {
  const key = (await services.credentials.status(connection)).state
  const hadKey = key === 'stored' || key === 'otherOrigin' || key === 'unavailable'
  const answer = await services.ui.tell({
    level: 'warning',
    modal: true,
    message: `Remove “${connection.name}”?`,
    detail: hadKey
      ? 'Its models are no longer offered. Its key is deleted and cannot be brought back; its settings can, by Undo.'
      : 'Its models are no longer offered. Its settings can be brought back by Undo.',
    buttons: ['Remove'],
  })
  if (answer !== 'Remove') return
  await services.connections.remove(connection.id)
  try {
    await services.credentials.forget(connection.id)
  } catch (error) {
    services.log.error(`The key of ${connection.id} could not be deleted`, error)
    const message = `“${connection.name}” was removed, but its key could not be deleted: ${describeError(error)}`
    await services.ui.tell({ level: 'warning', message })
    return
  }
  await offerUndo(services, connection, hadKey)
}

async function runTest(
  services: CommandServices,
  { connection, provider }: Configured,
  isAgreed: boolean,
): Promise<ConnectionTestResult> {
  try {
    return await services.ui.progress(`Testing ${connection.name}…`, async (signal) => {
      const key = await services.credentials.resolve(connection)
      const mayChat = isAgreed ? async () => true : mayAskToken(services, connection)
      const chat = isAgreed ? 'always' : 'whenFree'
      return services.testConnection({ connection, provider, key, chat, mayChat }, signal)
    })
  } finally {
    await services.rememberTest(connection)
  }
}

const oneTokenButton = 'Ask for One Token'

/** A base URL without its end; true if the user takes the whole one. */
async function offerBaseUrl(
  services: CommandServices,
  configured: Configured,
  error: unknown,
): Promise<boolean> {
  const baseUrl = await findBaseUrl(services, configured, error)
  if (baseUrl === undefined) return false
  const use = `Use ${baseUrl}`
  const message = `${describeError(error)} The server lists its models at ${baseUrl}.`
  if ((await services.ui.tell({ level: 'warning', message, buttons: [use] })) !== use) return false
  await services.connections.save({ ...configured.connection, baseUrl })
  await services.registry.refresh(configured.connection.id)
  return true
}

/** A list costs nothing, and a local answer neither; a token of a cloud only after a click. */
async function testConnection(
  services: CommandServices,
  configured: Configured,
  isAgreed = false,
): Promise<void> {
  const { connection } = configured
  const result = await runTest(services, configured, isAgreed).catch(async (error: unknown) => {
    if (await offerBaseUrl(services, configured, error)) return undefined
    throw error
  })
  if (result === undefined) return
  await services.registry.refresh(connection.id)
  const buttons = result.chat === undefined && result.modelCount > 0 && !isAgreed ? [oneTokenButton] : []
  const key = await services.credentials.status(connection)
  const source = key.state === 'environment' ? ` Its key is ${key.variable} of the environment.` : ''
  const message = `${describeTested(connection.name, result)}${source}`
  const answer = await services.ui.tell({ level: 'info', message, buttons })
  if (answer === oneTokenButton) await testConnection(services, configured, true)
}

interface StateButton {
  readonly label: string
  readonly command: CommandId
}

const stateButtons: Readonly<Record<StatusKind, readonly StateButton[]>> = {
  ready: [{ label: 'Test', command: 'roundhouse.testConnection' }],
  refreshing: [],
  disabled: [{ label: 'Enable', command: 'roundhouse.enableConnection' }],
  keyMissing: [{ label: 'Enter Key', command: 'roundhouse.enterKey' }],
  keyOtherOrigin: [{ label: 'Enter Key', command: 'roundhouse.enterKey' }],
  keyUnreadable: [{ label: 'Enter Key', command: 'roundhouse.enterKey' }],
  unreachable: [
    { label: 'Try Again', command: 'roundhouse.testConnection' },
    { label: 'Edit', command: 'roundhouse.editConnection' },
  ],
  heldBack: [{ label: 'Open Settings', command: 'roundhouse.openSettings' }],
}

function stateLines(view: ConnectionView, now: number): readonly string[] {
  const key = describeKey(view)
  return [
    describeStatus(view, now).sentence,
    `Provider: ${view.provider.name}`,
    ...(view.connection.baseUrl === undefined
      ? []
      : [`Address: ${withoutCredentials(view.connection.baseUrl)}`]),
    ...(key === undefined ? [] : [key]),
    ...(view.listedAt === undefined ? [] : [`Its models were listed ${formatMoment(view.listedAt, now)}`]),
    ...(view.test === undefined ? [] : [describeTest(view.test, now)]),
  ]
}

async function showConnection(services: CommandServices, { connection }: Configured): Promise<void> {
  const view = services.registry.view(connection.id)
  if (view === undefined) return
  const now = services.clock.now()
  const status = describeStatus(view, now)
  const buttons = stateButtons[status.kind]
  const answer = await services.ui.tell({
    level: status.needsAction || status.kind === 'unreachable' ? 'warning' : 'info',
    modal: true,
    message: `${connection.name}: ${status.words}`,
    detail: stateLines(view, now).join('\n'),
    buttons: buttons.map((button) => button.label),
  })
  const chosen = buttons.find((button) => button.label === answer)
  if (chosen !== undefined) await services.host.execute(chosen.command, connectionNodeId(connection.id))
}

interface Action {
  readonly label: string
  readonly icon: string
  readonly command: CommandId
  readonly applies: (configured: Configured) => boolean
}

const always = () => true
const hasKey = ({ provider }: Configured) => provider.key !== undefined

const actions: readonly Action[] = [
  { label: 'Edit…', icon: 'edit', command: 'roundhouse.editConnection', applies: always },
  {
    label: 'Choose Parameter Template…',
    icon: 'settings',
    command: 'roundhouse.chooseParameterTemplate',
    applies: always,
  },
  { label: 'Enter or Replace Key…', icon: 'key', command: 'roundhouse.enterKey', applies: hasKey },
  { label: 'Forget Key…', icon: 'trash', command: 'roundhouse.forgetKey', applies: hasKey },
  { label: 'Test', icon: 'debug-start', command: 'roundhouse.testConnection', applies: always },
  { label: 'Refresh', icon: 'refresh', command: 'roundhouse.refreshConnection', applies: always },
  {
    label: 'Enable',
    icon: 'circle-large-outline',
    command: 'roundhouse.enableConnection',
    applies: ({ connection }) => !connection.enabled,
  },
  {
    label: 'Disable',
    icon: 'circle-slash',
    command: 'roundhouse.disableConnection',
    applies: ({ connection }) => connection.enabled,
  },
  { label: 'Duplicate…', icon: 'copy', command: 'roundhouse.duplicateConnection', applies: always },
  { label: 'Remove…', icon: 'trash', command: 'roundhouse.removeConnection', applies: always },
]

async function manageConnection(services: CommandServices, configured: Configured): Promise<void> {
  const { connection } = configured
  const answer = await services.ui.pick({
    title: connection.name,
    placeholder: statusWords(services, connection.id),
    rows: actions
      .filter((action) => action.applies(configured))
      .map((action) => ({ label: action.label, icon: action.icon, value: action.command })),
  })
  if (answer.kind === 'value') await services.host.execute(answer.value, connectionNodeId(connection.id))
}

async function manageConnections(services: CommandServices): Promise<void> {
  const configured = services.connections.list()
  const answer = await services.ui.pick<string | undefined>({
    title: 'Connections',
    placeholder: 'Pick a connection to manage, or add one',
    rows: [
      ...configured.map((connection) => ({
        label: escapeIcons(connection.name),
        description: statusWords(services, connection.id),
        value: connection.id,
      })),
      { heading: 'New', label: 'Add Connection…', icon: 'add', value: undefined },
    ],
  })
  if (answer.kind !== 'value') return
  if (answer.value === undefined) {
    await addConnection(services)
    return
  }
  const chosen = await chooseConnection(services, connectionNodeId(answer.value), {
    title: '',
    none: noneYet,
  })
  if (chosen !== undefined) await manageConnection(services, chosen)
}

/** Where something is wrong in another setting, its row leads there. */
function isSetting(argument: unknown): argument is string {
  return typeof argument === 'string' && argument.startsWith('roundhouse.')
}

export function connectionCommands(services: CommandServices): Pick<CommandHandlers, ConnectionCommand> {
  const on =
    (
      title: string,
      act: (configured: Configured) => Promise<void>,
      accepts?: (each: Configured) => boolean,
    ) =>
    async (argument: unknown): Promise<void> => {
      const question = { title, none: noneYet, ...(accepts === undefined ? {} : { accepts }) }
      const configured = await chooseConnection(services, argument, question)
      if (configured !== undefined) await act(configured)
    }
  const enabled = ({ connection }: Configured) => connection.enabled
  return {
    'roundhouse.addConnection': async () => addConnection(services),
    'roundhouse.manageConnections': async () => manageConnections(services),
    'roundhouse.editConnection': on('Edit Connection', async (each) => editConnection(services, each)),
    'roundhouse.duplicateConnection': on('Duplicate Connection', async (each) =>
      duplicateConnection(services, each),
    ),
    'roundhouse.enableConnection': on(
      'Enable Connection',
      async (each) => setEnabled(services, each, true),
      (each) => !enabled(each),
    ),
    'roundhouse.disableConnection': on(
      'Disable Connection',
      async (each) => setEnabled(services, each, false),
      enabled,
    ),
    'roundhouse.removeConnection': on('Remove Connection', async (each) => removeConnection(services, each)),
    'roundhouse.testConnection': on('Test Connection', async (each) => testConnection(services, each)),
    'roundhouse.showConnection': on('Show Connection State', async (each) => showConnection(services, each)),
    'roundhouse.editConnectionsJson': async (argument) =>
      openSettingInJson(services.host, isSetting(argument) ? argument : 'roundhouse.connections'),
  }
}
