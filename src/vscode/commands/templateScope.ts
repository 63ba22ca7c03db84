import { ModelError } from '../../core/errors.js'
import { canChat, formatModelRef, type ModelInfo } from '../../core/model.js'
import type { Connection } from '../../core/provider.js'
import { locationOfConnection } from '../../core/registry/location.js'
import { escapeIcons } from '../views/format.js'
import { templateTitle } from '../views/parameterWords.js'
import { parseTarget } from '../views/treeTarget.js'
import { chooseConnection, chooseModel, findConfigured } from './pickers.js'
import type { CommandServices } from './services.js'
import type { PickRow } from './ui.js'

/** Whose requests carry a template: those of all models of a connection, or of one. */
export interface TemplateScope {
  readonly connection: string
  /** As the user knows it. */
  readonly name: string
  readonly model?: string
}

/** `null`: none, whatever the connection's is; undefined: nothing is written, so a model has its connection's. */
export type TemplateName = string | null | undefined

export const templateQuestion = 'Parameter Template'

function settingsOf(connection: Connection, model: string) {
  return Object.hasOwn(connection.models, model) ? (connection.models[model] ?? {}) : {}
}

/** What is written for it, not what it has from elsewhere. */
export function templateOf(connection: Connection, { model }: TemplateScope): TemplateName {
  return model === undefined ? connection.template : settingsOf(connection, model).template
}

export function withTemplate(
  connection: Connection,
  { model }: TemplateScope,
  name: TemplateName,
): Connection {
  if (model === undefined) {
    const { template: _, ...rest } = connection
    return typeof name === 'string' ? { ...rest, template: name } : rest
  }
  const { template: _, ...settings } = settingsOf(connection, model)
  const { [model]: __, ...others } = connection.models
  const changed = name === undefined ? settings : { ...settings, template: name }
  const isEmpty = Object.keys(changed).length === 0
  return { ...connection, models: isEmpty ? others : { ...connection.models, [model]: changed } }
}

function describeChosen(name: TemplateName): string {
  return typeof name === 'string' ? escapeIcons(templateTitle(name)) : ''
}

function scopeRows(services: CommandServices): readonly PickRow<TemplateScope>[] {
  const configured = services.connections.list().flatMap(({ id }) => findConfigured(services, id) ?? [])
  const ofConnections = configured.map(({ connection, provider }, index) => ({
    ...(index === 0 ? { heading: 'All models of a connection' } : {}),
    label: escapeIcons(connection.name),
    description: describeChosen(connection.template),
    icon: locationOfConnection(connection, provider) === 'local' ? 'vm' : 'cloud',
    value: { connection: connection.id, name: connection.name },
  }))
  const connections = new Map(configured.map(({ connection }) => [connection.id, connection]))
  const models = services.registry.models().filter(canChat)
  const ofModels = models.map((model, index) => {
    const scope = { connection: model.connection, name: model.name, model: model.id }
    const connection = connections.get(model.connection)
    const chosen = connection === undefined ? '' : describeChosen(templateOf(connection, scope))
    return {
      ...(index === 0 ? { heading: 'One model' } : {}),
      label: escapeIcons(model.name),
      description: [escapeIcons(formatModelRef(model)), chosen].filter((text) => text !== '').join(' · '),
      icon: 'chip',
      value: scope,
    }
  })
  return [...ofConnections, ...ofModels]
}

async function pickScope(services: CommandServices): Promise<TemplateScope | undefined> {
  const rows = scopeRows(services)
  if (rows.length === 0) {
    await services.ui.tell({ level: 'info', message: 'There is no connection yet. Add one first.' })
    return undefined
  }
  const placeholder = 'For which connection, or for which model alone?'
  const answer = await services.ui.pick({ title: templateQuestion, placeholder, rows })
  return answer.kind === 'value' ? answer.value : undefined
}

function takesNone({ connection, id, name, provider }: ModelInfo): ModelError {
  const message = `“${name}” only embeds or ranks texts, and takes no parameters. Choose a model that chats.`
  return new ModelError({ code: 'capability-unsupported', message, provider, model: { connection, id } })
}

/** What the command was given, else what the user picks. Throws ModelError where that is not there, or does not chat. */
export async function chooseTemplateScope(
  services: CommandServices,
  argument: unknown,
): Promise<TemplateScope | undefined> {
  const target = parseTarget(argument)
  if (target === undefined) return pickScope(services)
  const question = { title: templateQuestion, placeholder: 'Which model?', none: '' }
  if (target.model !== undefined) {
    const model = await chooseModel(services, argument, question)
    if (model !== undefined && !canChat(model)) throw takesNone(model)
    return model && { connection: model.connection, name: model.name, model: model.id }
  }
  const configured = await chooseConnection(services, argument, question)
  return configured && { connection: configured.connection.id, name: configured.connection.name }
}
