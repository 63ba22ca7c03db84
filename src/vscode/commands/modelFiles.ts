import type { ModelFacts } from '../../core/model.js'
import { firstPartOf } from '../../core/modelParts.js'
import type { Connection, Provider } from '../../core/provider.js'
import { escapeIcons, formatBytes, formatTokens } from '../views/format.js'
import { fileName, fileOfModel, filesField, filesOf } from '../views/modelFileNames.js'
import { isEmbedded } from '../views/providerTraits.js'
import { connectionNodeId, parseTarget } from '../views/treeTarget.js'
import { describeError, isCancellation } from './errors.js'
import { type Configured, findConfigured } from './pickers.js'
import type { CommandServices } from './services.js'

/** The connection that is there from the start, and is made again where it was removed. */
const embeddedConnection = { id: 'llamacpp', name: 'On this machine' } as const

function embeddedProvider(services: CommandServices): Provider | undefined {
  return services.providers.find(isEmbedded)
}

function targetConnection(services: CommandServices, provider: Provider, argument: unknown): Connection {
  const target = parseTarget(argument)
  const all = services.connections.list().filter((connection) => connection.provider === provider.id)
  const found = all.find((connection) => connection.id === target?.connection) ?? all[0]
  if (found !== undefined) return found
  return {
    ...embeddedConnection,
    provider: provider.id,
    enabled: true,
    fields: {},
    include: [],
    exclude: [],
    models: {},
  }
}

interface Inspected {
  readonly file: string
  readonly facts?: ModelFacts
  readonly problem?: string
}

async function inspectAll(
  services: CommandServices,
  files: readonly string[],
): Promise<readonly Inspected[]> {
  return services.ui.progress(
    files.length === 1 ? 'Reading the GGUF file…' : 'Reading GGUF files…',
    async (signal) => {
      const inspected: Inspected[] = []
      for (const file of files) {
        try {
          const facts = await services.inspectModelFile(file, signal)
          // A later part is known by its first, which has been found then.
          inspected.push({ file: firstPartOf(file), facts })
        } catch (error) {
          if (isCancellation(error)) throw error
          services.log.warn(`${fileName(file)} was not added: ${describeError(error)}`)
          inspected.push({ file, problem: describeError(error) })
        }
      }
      return inspected
    },
  )
}

/** The parts of a model in several files are chosen together, and are one. */
function onePerModel(files: readonly string[]): readonly string[] {
  const models = new Set<string>()
  return files.filter((file) => {
    const first = firstPartOf(file)
    const isNew = !models.has(first)
    models.add(first)
    return isNew
  })
}

function describeFacts(facts: ModelFacts): string {
  return [
    facts.parameterSize,
    facts.quantization,
    facts.contextWindow === undefined ? undefined : `${formatTokens(facts.contextWindow)} context`,
    facts.sizeBytes === undefined ? undefined : formatBytes(facts.sizeBytes),
  ]
    .filter((fact) => fact !== undefined)
    .join(', ')
}

async function reportRefused(services: CommandServices, refused: readonly Inspected[]): Promise<void> {
  if (refused.length === 0) return
  const message = refused
    .map(({ file, problem }) => `${fileName(file)} was not added. ${problem ?? ''}`)
    .join(' ')
  await services.ui.tell({ level: 'error', message })
}

/** Adds GGUF files from disk to the embedded connection, making that connection where it was removed. */
export async function addModelFile(services: CommandServices, argument: unknown): Promise<void> {
  const provider = embeddedProvider(services)
  if (provider === undefined) return
  const chosen = await services.ui.chooseFiles({
    title: 'Add GGUF Files',
    openLabel: 'Add',
    filters: { 'GGUF models': ['gguf'] },
  })
  if (chosen.length === 0) return
  const inspected = await inspectAll(services, onePerModel(chosen))
  const good = inspected.filter((each) => each.facts !== undefined)
  const refused = inspected.filter((each) => each.facts === undefined)
  const [first] = good
  if (first !== undefined) {
    const connection = targetConnection(services, provider, argument)
    const files = [...new Set([...filesOf(connection), ...good.map((each) => each.file)])]
    await services.connections.save({
      ...connection,
      enabled: true,
      fields: { ...connection.fields, [filesField]: files },
    })
    await services.registry.refresh(connection.id)
  }
  await reportRefused(services, refused)
  if (first !== undefined) await announceAdded(services, good, targetConnection(services, provider, argument))
}

async function announceAdded(
  services: CommandServices,
  good: readonly Inspected[],
  connection: Connection,
): Promise<void> {
  const [first] = good
  const facts = first?.facts === undefined ? '' : describeFacts(first.facts)
  const message =
    good.length === 1 && first !== undefined
      ? `${fileName(first.file)} was added${facts === '' ? '' : ` (${facts})`}.`
      : `${good.length} GGUF files were added.`
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Use in Chat'] })
  if (answer !== 'Use in Chat') return
  const listed = services.registry.view(connection.id)?.models ?? []
  const added = new Set(good.map(({ file }) => file))
  const models = listed.filter((model) => added.has(fileOfModel(filesOf(connection), model.id) ?? ''))
  const [only] = models
  const argument =
    models.length === 1 && only !== undefined
      ? `${connection.id}/${only.id}`
      : connectionNodeId(connection.id)
  await services.host.execute('roundhouse.useInChat', argument)
}

async function chooseFile(services: CommandServices, configured: readonly Configured[]) {
  const rows = configured.flatMap(({ connection, provider }) =>
    filesOf(connection).map((file) => ({
      label: escapeIcons(fileName(file)),
      description: escapeIcons(connection.name),
      detail: escapeIcons(file),
      icon: 'file-binary',
      value: { configured: { connection, provider }, file },
    })),
  )
  if (rows.length === 0) {
    await services.ui.tell({ level: 'info', message: 'There is no GGUF file to remove.' })
    return undefined
  }
  const answer = await services.ui.pick({
    title: 'Remove GGUF File',
    placeholder: 'Which file? It stays on disk.',
    rows,
  })
  return answer.kind === 'value' ? answer.value : undefined
}

function embeddedConnections(services: CommandServices): readonly Configured[] {
  return services.connections
    .list()
    .flatMap((connection) => findConfigured(services, connection.id) ?? [])
    .filter(({ provider }) => isEmbedded(provider))
}

/** Takes a file out of the list; it stays on disk, and Undo puts it back. */
export async function removeModelFile(services: CommandServices, argument: unknown): Promise<void> {
  const target = parseTarget(argument)
  const all = embeddedConnections(services)
  const within =
    target === undefined ? all : all.filter(({ connection }) => connection.id === target.connection)
  const [given] = within
  const named =
    target?.model === undefined || given === undefined
      ? undefined
      : fileOfModel(filesOf(given.connection), target.model.id)
  const chosen =
    named !== undefined && given !== undefined
      ? { configured: given, file: named }
      : await chooseFile(services, within)
  if (chosen === undefined) return
  const { connection } = chosen.configured
  const files = filesOf(connection).filter((file) => file !== chosen.file)
  await services.connections.save({ ...connection, fields: { ...connection.fields, [filesField]: files } })
  const message = `${fileName(chosen.file)} was removed from the list. The file stays on disk.`
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Undo'] })
  if (answer === 'Undo') await services.connections.save(connection)
}
