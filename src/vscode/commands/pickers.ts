import { withoutCredentials } from '../../core/credentials/origin.js'
import { ModelError } from '../../core/errors.js'
import type { ModelInfo } from '../../core/model.js'
import type { Connection, Provider } from '../../core/provider.js'
import { locationOfConnection } from '../../core/registry/location.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import { describeStatus } from '../views/connectionStatus.js'
import { escapeIcons } from '../views/format.js'
import { buildSwitcher } from '../views/switcherItems.js'
import { parseTarget } from '../views/treeTarget.js'
import type { CommandServices } from './services.js'

export interface Configured {
  readonly connection: Connection
  readonly provider: Provider
}

function withProvider(services: CommandServices, connection: Connection): readonly Configured[] {
  const provider = services.providers.find((candidate) => candidate.id === connection.provider)
  return provider === undefined ? [] : [{ connection, provider }]
}

export function findConfigured(services: CommandServices, connectionId: string): Configured | undefined {
  const connection = services.connections.list().find((candidate) => candidate.id === connectionId)
  return connection === undefined ? undefined : withProvider(services, connection)[0]
}

export function statusWords(services: CommandServices, connectionId: string): string {
  const view = services.registry.view(connectionId)
  return view === undefined ? '' : describeStatus(view, services.clock.now()).words
}

export interface ConnectionQuestion {
  readonly title: string
  readonly accepts?: (configured: Configured, view: ConnectionView | undefined) => boolean
  /** Said where no connection is accepted. */
  readonly none: string
}

function unknownConnection(id: string): ModelError {
  const message = `There is no connection “${id}”. Choose one in the Roundhouse view.`
  return new ModelError({ code: 'invalid-request', message })
}

/** The connection that a command was given, else the one the user picks; undefined where the user gave up. */
export async function chooseConnection(
  services: CommandServices,
  argument: unknown,
  question: ConnectionQuestion,
): Promise<Configured | undefined> {
  const target = parseTarget(argument)
  if (target !== undefined) {
    const configured = findConfigured(services, target.connection)
    if (configured === undefined) throw unknownConnection(target.connection)
    return configured
  }
  const candidates = services.connections
    .list()
    .flatMap((connection) => withProvider(services, connection))
    .filter((each) => question.accepts?.(each, services.registry.view(each.connection.id)) ?? true)
  if (candidates.length === 0) {
    await services.ui.tell({ level: 'info', message: question.none })
    return undefined
  }
  const answer = await services.ui.pick({
    title: question.title,
    placeholder: 'Which connection?',
    rows: candidates.map((each) => ({
      label: escapeIcons(each.connection.name),
      description: statusWords(services, each.connection.id),
      detail: escapeIcons(
        [each.provider.name, withoutCredentials(each.connection.baseUrl ?? '')]
          .filter((text) => text !== '')
          .join(' · '),
      ),
      icon: locationOfConnection(each.connection, each.provider) === 'local' ? 'vm' : 'cloud',
      value: each,
    })),
  })
  return answer.kind === 'value' ? answer.value : undefined
}

export interface ModelQuestion {
  readonly title: string
  readonly placeholder: string
  /** Whether a route may be chosen too. */
  readonly withRoutes?: boolean
}

/** The model that a command was given, else the one the user picks, of the connection given or of all. */
export async function chooseModel(
  services: CommandServices,
  argument: unknown,
  question: ModelQuestion,
): Promise<ModelInfo | undefined> {
  const registry = question.withRoutes === true ? services.routed : services.registry
  const target = parseTarget(argument)
  if (target?.model !== undefined) {
    const model = registry.find(target.model)
    if (model !== undefined) return model
    const message = `“${target.connection}” does not list the model “${target.model.id}”. Refresh the connection, or choose another model.`
    throw new ModelError({ code: 'not-found', message, model: target.model })
  }
  const views = registry.views()
  const rows = buildSwitcher({
    views: target === undefined ? views : views.filter((view) => view.connection.id === target.connection),
    active: services.activeModel.get()?.id,
    recent: services.recentModels.list(),
    now: services.clock.now(),
  })
  const models = rows.flatMap((row) => {
    if (row.choice.kind !== 'model') return []
    const { choice, ...rest } = row
    return [{ ...rest, value: choice.model }]
  })
  const [only] = models
  if (only === undefined) {
    const message = 'There is no model yet. Add a connection or a GGUF file first.'
    throw new ModelError({ code: 'invalid-request', message })
  }
  if (models.every((row) => row.value === only.value)) return only.value
  const answer = await services.ui.pick({ ...question, rows: models })
  return answer.kind === 'value' ? answer.value : undefined
}
