import type { ChatParameters } from '../../core/chat.js'
import { createDefaultParameters } from '../../core/parameters/defaults.js'
import { findTemplate, parameterTemplates } from '../../core/parameters/templates.js'
import type { Connection } from '../../core/provider.js'
import { escapeIcons } from '../views/format.js'
import { describeParameters, templateTitle } from '../views/parameterWords.js'
import { openSettingInJson } from './openSetting.js'
import { findConfigured } from './pickers.js'
import type { CommandHandlers, CommandServices } from './services.js'
import {
  chooseTemplateScope,
  type TemplateName,
  type TemplateScope,
  templateOf,
  templateQuestion,
  withTemplate,
} from './templateScope.js'
import type { PickRow } from './ui.js'

type Choice =
  | { readonly kind: 'use'; readonly template: TemplateName }
  | { readonly kind: 'save'; readonly parameters: ChatParameters }
  | { readonly kind: 'edit' }

const setting = 'roundhouse.parameterTemplates'
const editButton = 'Edit Templates in Settings'

interface Offered {
  readonly name: string
  readonly description?: string
}

/** Ours, but those that one of the user's own replaces, then the user's. */
function listTemplates(services: CommandServices): readonly Offered[] {
  const own = services.parameterTemplates.get()
  const ours = parameterTemplates.filter(({ name }) => !Object.hasOwn(own, name))
  return [...ours, ...Object.keys(own).map((name) => ({ name }))]
}

function describeTemplate(services: CommandServices, name: string): string {
  const parameters = findTemplate(name, services.parameterTemplates.get())
  return parameters === undefined ? 'there is no template of this name' : describeParameters(parameters)
}

function templateRows(services: CommandServices): readonly PickRow<Choice>[] {
  const own = services.parameterTemplates.get()
  const offered = listTemplates(services)
  const firstOwn = offered.find(({ name }) => Object.hasOwn(own, name))
  return offered.map((each, index) => ({
    ...(index === 0 && each !== firstOwn ? { heading: 'Templates' } : {}),
    ...(each === firstOwn ? { heading: 'Your own templates' } : {}),
    label: escapeIcons(templateTitle(each.name)),
    description: escapeIcons(describeTemplate(services, each.name)),
    ...(each.description === undefined ? {} : { detail: each.description }),
    value: { kind: 'use', template: each.name },
  }))
}

/** A model without one of its own has its connection's. */
function noneRows(connection: Connection, { model }: TemplateScope): readonly PickRow<Choice>[] {
  const none = { label: 'None', description: 'parameters are left to the model, but for those set by hand' }
  if (model === undefined || connection.template === undefined) {
    return [{ ...none, value: { kind: 'use', template: undefined } }]
  }
  return [
    {
      label: `As the Connection: ${escapeIcons(templateTitle(connection.template))}`,
      description: `the template of “${escapeIcons(connection.name)}”`,
      value: { kind: 'use', template: undefined },
    },
    { ...none, value: { kind: 'use', template: null } },
  ]
}

function moreRows(parameters: ChatParameters): readonly PickRow<Choice>[] {
  return [
    {
      heading: 'More',
      label: 'Save Current Parameters as Template…',
      description: escapeIcons(describeParameters(parameters) || 'none is set yet'),
      icon: 'save',
      value: { kind: 'save', parameters },
    },
    { label: editButton, icon: 'json', value: { kind: 'edit' } },
  ]
}

function marked(row: PickRow<Choice>, isCurrent: boolean): PickRow<Choice> {
  if (!isCurrent) return { ...row, icon: 'blank' }
  const description = ['current', row.description ?? ''].filter((text) => text !== '').join(' · ')
  return { ...row, description, icon: 'check', active: true }
}

/** What is set by hand, which is stronger than every template. */
function placeholderOf(connection: Connection, { model }: TemplateScope): string {
  const own =
    model !== undefined && Object.hasOwn(connection.models, model)
      ? connection.models[model]?.parameters
      : undefined
  const byHand = describeParameters({ ...connection.parameters, ...own })
  const what = 'What requests carry where they say nothing themselves'
  return byHand === '' ? what : `${what}; stronger, for set by hand: ${byHand}`
}

async function askTemplate(
  services: CommandServices,
  connection: Connection,
  scope: TemplateScope,
): Promise<Choice | undefined> {
  const current = templateOf(connection, scope)
  const choices = [...noneRows(connection, scope), ...templateRows(services)]
  const known = choices.some(({ value }) => value.kind === 'use' && value.template === current)
  const missing: PickRow<Choice> = {
    label: escapeIcons(current ?? 'None'),
    description: current === null ? '' : 'there is no template of this name',
    value: { kind: 'use', template: current },
  }
  const rows = (known ? choices : [missing, ...choices]).map((row) =>
    marked(row, row.value.kind === 'use' && row.value.template === current),
  )
  const defaults = createDefaultParameters({ templates: services.parameterTemplates.get, log: services.log })
  const answer = await services.ui.pick({
    title: `${templateQuestion} for ${scope.name}`,
    placeholder: placeholderOf(connection, scope),
    rows: [...rows, ...moreRows(defaults(connection, scope.model ?? ''))],
  })
  return answer.kind === 'value' ? answer.value : undefined
}

/** Into the connection as it is now: it may have changed while the user was asked. */
async function writeTemplate(
  services: CommandServices,
  scope: TemplateScope,
  name: TemplateName,
): Promise<Connection | undefined> {
  const now = findConfigured(services, scope.connection)
  if (now === undefined) return undefined
  const changed = withTemplate(now.connection, scope, name)
  await services.connections.save(changed)
  return changed
}

function describeUse(services: CommandServices, connection: Connection, scope: TemplateScope): string {
  const own = templateOf(connection, scope)
  const name = own === undefined ? connection.template : own
  if (typeof name !== 'string') return `“${scope.name}” has no parameter template now.`
  const words = describeTemplate(services, name)
  const origin = own === undefined ? `, as “${connection.name}” has` : ''
  return `“${scope.name}” has the template ${templateTitle(name)} now${origin}: ${words}.`
}

async function useTemplate(
  services: CommandServices,
  scope: TemplateScope,
  name: TemplateName,
): Promise<void> {
  const before = findConfigured(services, scope.connection)
  if (before === undefined) return
  const previous = templateOf(before.connection, scope)
  if (previous === name) return
  const changed = await writeTemplate(services, scope, name)
  if (changed === undefined) return
  const message = describeUse(services, changed, scope)
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Undo'] })
  if (answer === 'Undo') await writeTemplate(services, scope, previous)
}

async function editTemplates({ host }: CommandServices): Promise<void> {
  await openSettingInJson(host, setting)
}

async function saveTemplate(
  services: CommandServices,
  scope: TemplateScope,
  parameters: ChatParameters,
): Promise<void> {
  const words = describeParameters(parameters)
  if (words === '') {
    const message = `No parameter is set for “${scope.name}”, so there is nothing to save. Choose a template first, or write one in the settings.`
    const answer = await services.ui.tell({ level: 'info', message, buttons: [editButton] })
    if (answer === editButton) await editTemplates(services)
    return
  }
  const taken = new Set(
    listTemplates(services).flatMap(({ name }) => [name.toLowerCase(), templateTitle(name).toLowerCase()]),
  )
  const answer = await services.ui.input({
    title: 'Save Parameters as Template',
    prompt: `Name the template for: ${words}.`,
    validate: (text) => {
      if (text.trim() === '') return 'Give it a name.'
      return taken.has(text.trim().toLowerCase())
        ? 'There is a template of this name. Choose another.'
        : undefined
    },
  })
  if (answer.kind !== 'value') return
  const name = answer.value.trim()
  await services.parameterTemplates.save(name, parameters)
  await announceSaved(services, scope, name)
}

async function announceSaved(services: CommandServices, scope: TemplateScope, name: string): Promise<void> {
  const use = `Use for ${scope.name}`
  const message = `The template “${name}” is saved: ${describeTemplate(services, name)}.`
  const answer = await services.ui.tell({ level: 'info', message, buttons: [use, 'Undo'] })
  if (answer === use) await useTemplate(services, scope, name)
  if (answer === 'Undo') await services.parameterTemplates.save(name, undefined)
}

async function chooseTemplate(services: CommandServices, argument: unknown): Promise<void> {
  const scope = await chooseTemplateScope(services, argument)
  const configured = scope && findConfigured(services, scope.connection)
  if (scope === undefined || configured === undefined) return
  const choice = await askTemplate(services, configured.connection, scope)
  if (choice?.kind === 'use') await useTemplate(services, scope, choice.template)
  if (choice?.kind === 'save') await saveTemplate(services, scope, choice.parameters)
  if (choice?.kind === 'edit') await editTemplates(services)
}

export function parameterCommands(
  services: CommandServices,
): Pick<CommandHandlers, 'roundhouse.chooseParameterTemplate'> {
  return {
    'roundhouse.chooseParameterTemplate': async (argument) => chooseTemplate(services, argument),
  }
}
