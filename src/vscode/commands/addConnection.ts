import type { Connection, Provider } from '../../core/provider.js'
import type { ConnectionTestResult } from '../../core/registry/testConnection.js'
import { formatModelCount } from '../views/format.js'
import { foundBaseUrl, isEmbedded } from '../views/providerTraits.js'
import { connectionNodeId } from '../views/treeTarget.js'
import { type ConnectionDraft, connectionFromDraft } from './connectionDraft.js'
import { type AddDraft, addSteps, keyStep, nameStep } from './connectionSteps.js'
import type { Configured } from './pickers.js'
import { askAfterFailure, checkCandidate, saveConnection } from './saveConnection.js'
import type { CommandServices } from './services.js'
import { runSteps, type Step } from './steps.js'

function toConnection(services: CommandServices, draft: ConnectionDraft): Connection {
  const { providers, environment } = services
  return connectionFromDraft(draft, { existing: services.connections.list(), providers, environment })
}

async function announce(
  services: CommandServices,
  { connection, provider }: Configured,
  result: ConnectionTestResult | undefined,
): Promise<void> {
  const target = connectionNodeId(connection.id)
  if (result === undefined) {
    const message = `“${connection.name}” was saved although its test failed.`
    const answer = await services.ui.tell({ level: 'warning', message, buttons: ['Test Again'] })
    if (answer === 'Test Again') await services.host.execute('roundhouse.testConnection', target)
    return
  }
  const found = formatModelCount(result.modelCount, result.leftOut)
  const where = provider.heldBaseUrl === undefined ? '' : ` It answers at ${connection.baseUrl ?? ''}.`
  const message = `“${connection.name}” is ready: ${found} found.${where}`
  const answer = await services.ui.tell({
    level: 'info',
    message,
    buttons: result.modelCount > 0 ? ['Use in Chat'] : [],
  })
  if (answer === 'Use in Chat') await services.host.execute('roundhouse.useInChat', target)
}

/** With the address at which its test has found the server, where that is another default than the first. */
function whereFound(connection: Connection, provider: Provider): Connection {
  const baseUrl = foundBaseUrl(connection, provider)
  return baseUrl === undefined ? connection : { ...connection, baseUrl }
}

/** Tests and saves; false where the user wants to edit first. */
async function finish(services: CommandServices, draft: ConnectionDraft): Promise<boolean> {
  const drafted = toConnection(services, draft)
  const enteredKey = draft.key === undefined ? {} : { enteredKey: draft.key }
  const candidate = { connection: drafted, provider: draft.provider, ...enteredKey }
  const check = await checkCandidate(services, candidate)
  if (check.kind === 'failed') {
    const verdict = await askAfterFailure(services, candidate, check.error)
    if (typeof verdict === 'object') return await finish(services, { ...draft, baseUrl: verdict.baseUrl })
    if (verdict !== 'save') return verdict === 'cancel'
  }
  const connection = check.kind === 'passed' ? whereFound(drafted, draft.provider) : drafted
  await saveConnection(services, connection, draft.key)
  await services.rememberTest(connection)
  await services.registry.refresh(connection.id)
  await announce(
    services,
    { connection, provider: draft.provider },
    check.kind === 'passed' ? check.result : undefined,
  )
  return true
}

/** Chooses a provider, asks what it needs, tests, saves. */
export async function addConnection(services: CommandServices): Promise<void> {
  const stepsFor = addSteps(services)
  let draft: AddDraft = {}
  let start = 0
  for (;;) {
    const totalIsKnown = (current: AddDraft) => current.chosen !== undefined
    const entered: AddDraft | undefined = await runSteps({ draft, stepsFor, totalIsKnown, start })
    if (entered?.chosen === undefined) return
    if (isEmbedded(entered.chosen.provider)) {
      await services.host.execute('roundhouse.addModelFile')
      return
    }
    if (await finish(services, entered.chosen)) return
    draft = entered
    start = stepsFor(entered).length > 1 ? 1 : 0
  }
}

/** The same fields under another name; the key belongs to the original and is asked for again. */
export async function duplicateConnection(services: CommandServices, original: Configured): Promise<void> {
  const { connection, provider } = original
  const steps: readonly Step<ConnectionDraft>[] = [
    nameStep(services),
    ...(provider.key === undefined ? [] : [keyStep(services)]),
  ]
  let draft: ConnectionDraft = {
    provider,
    fields: connection.fields,
    copyOf: connection,
    ...(connection.baseUrl === undefined ? {} : { baseUrl: connection.baseUrl }),
  }
  for (;;) {
    const run = { draft, stepsFor: () => steps, totalIsKnown: () => true }
    const entered: ConnectionDraft | undefined = await runSteps(run)
    if (entered === undefined || (await finish(services, entered))) return
    draft = entered
  }
}
