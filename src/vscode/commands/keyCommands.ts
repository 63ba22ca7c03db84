import { compact } from '../../core/compact.js'
import type { KeyStatus } from '../../core/credentials/credentials.js'
import { connectionNodeId } from '../views/treeTarget.js'
import { askKey } from './connectionSteps.js'
import { describeError } from './errors.js'
import { provesKey } from './oneToken.js'
import { type Configured, chooseConnection } from './pickers.js'
import { type Check, checkCandidate } from './saveConnection.js'
import type { CommandHandlers, CommandServices } from './services.js'

type KeyCommand =
  | 'roundhouse.enterKey'
  | 'roundhouse.rotateKey'
  | 'roundhouse.forgetKey'
  | 'roundhouse.openKeyPage'

const noneWithKey = 'No connection uses a key. Add a connection first.'

function takesKey({ provider }: Configured): boolean {
  return provider.key !== undefined
}

/** What is left of an untested key: use it, try another, or leave everything as it was. */
async function askAboutFailedKey(
  services: CommandServices,
  configured: Configured,
  failure: { readonly error: unknown; readonly replaces: boolean },
): Promise<'use' | 'again' | 'leave'> {
  const use = failure.replaces ? 'Replace Anyway' : 'Save Anyway'
  const kept = failure.replaces ? 'The present key is kept.' : 'No key has been saved.'
  const answer = await services.ui.tell({
    level: 'error',
    modal: true,
    message: `The new key of “${configured.connection.name}” did not pass its test.`,
    detail: `${describeError(failure.error)}\n\n${kept}`,
    buttons: ['Try Another Key', use],
  })
  if (answer === use) return 'use'
  return answer === 'Try Another Key' ? 'again' : 'leave'
}

async function announceKey(services: CommandServices, configured: Configured, check: Check): Promise<void> {
  const { connection } = configured
  if (check.kind === 'failed') {
    services.ui.flash(`The key of ${connection.name} was saved untested`)
    return
  }
  const verdict = provesKey(check.result)
    ? 'works and is stored on this machine'
    : 'is stored on this machine; whether it is right shows with the first question'
  const message = `The key of “${connection.name}” ${verdict}.`
  const buttons = check.result.modelCount > 0 ? ['Use in Chat'] : []
  const answer = await services.ui.tell({ level: 'info', message, buttons })
  if (answer === 'Use in Chat')
    await services.host.execute('roundhouse.useInChat', connectionNodeId(connection.id))
}

/** What serves until the new key has passed its test. */
function describePresent(status: KeyStatus): string | undefined {
  if (status.state === 'stored') return 'The present key stays until the new one has passed its test.'
  if (status.state !== 'environment') return undefined
  return `The present key is ${status.variable} of the environment; a key that is entered here is stronger.`
}

/** The new key is tested first; until then, and where it fails, the old one stays in place. */
async function enterKey(services: CommandServices, configured: Configured): Promise<void> {
  const { connection, provider } = configured
  if (provider.key === undefined) {
    await services.ui.tell({ level: 'info', message: `“${connection.name}” needs no key.` })
    return
  }
  const status = await services.credentials.status(connection)
  const replaces = status.state === 'stored'
  for (;;) {
    const answer = await askKey(services, {
      title: `${replaces ? 'Replace' : 'Enter'} the Key of ${connection.name}`,
      provider,
      ...compact({ reason: describePresent(status) }),
      mayBeEmpty: false,
    })
    if (answer.kind !== 'value') return
    const check = await checkCandidate(services, { ...configured, enteredKey: answer.value })
    if (check.kind === 'failed') {
      const verdict = await askAboutFailedKey(services, configured, { error: check.error, replaces })
      if (verdict === 'leave') return
      if (verdict === 'again') continue
    }
    await services.credentials.store(connection, answer.value)
    await services.rememberTest(connection)
    await services.registry.refresh(connection.id)
    await announceKey(services, configured, check)
    return
  }
}

async function forgetKey(services: CommandServices, { connection, provider }: Configured): Promise<void> {
  const answer = await services.ui.tell({
    level: 'warning',
    modal: true,
    message: `Forget the key of “${connection.name}”?`,
    detail: 'It is deleted from the secret storage and cannot be brought back. The connection stays.',
    buttons: ['Forget'],
  })
  if (answer !== 'Forget') return
  await services.credentials.forget(connection.id)
  const status = await services.credentials.status(connection)
  const message =
    status.state === 'environment'
      ? `The key of “${connection.name}” is deleted; ${status.variable} of the environment is used from now on.`
      : `The key of “${connection.name}” is deleted.`
  const buttons = status.state === 'environment' || provider.key?.required !== true ? [] : ['Enter Key']
  const next = await services.ui.tell({ level: 'info', message, buttons })
  if (next === 'Enter Key') await enterKey(services, { connection, provider })
}

async function openKeyPage(services: CommandServices, { provider }: Configured): Promise<void> {
  const url = provider.key?.url
  if (url !== undefined) {
    await services.host.openExternal(url)
    return
  }
  const message = `Keys of ${provider.name} are given out by whoever runs the server.`
  await services.ui.tell({ level: 'info', message })
}

export function keyCommands(services: CommandServices): Pick<CommandHandlers, KeyCommand> {
  const on = (title: string, act: (configured: Configured) => Promise<void>) => async (argument: unknown) => {
    const configured = await chooseConnection(services, argument, {
      title,
      accepts: takesKey,
      none: noneWithKey,
    })
    if (configured !== undefined) await act(configured)
  }
  return {
    'roundhouse.enterKey': on('Enter Key', async (each) => enterKey(services, each)),
    'roundhouse.rotateKey': on('Replace Key', async (each) => enterKey(services, each)),
    'roundhouse.forgetKey': on('Forget Key', async (each) => forgetKey(services, each)),
    'roundhouse.openKeyPage': on('Get a Key', async (each) => openKeyPage(services, each)),
  }
}
