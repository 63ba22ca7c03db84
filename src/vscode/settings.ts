import * as vscode from 'vscode'
import { ModelError } from '../core/errors.js'
import { createEmitter } from '../core/event.js'
import type { ParameterTemplateStore, ParameterTemplates } from '../core/parameters/templates.js'
import type { Disposable, Environment, Log } from '../core/ports.js'
import type { ProviderTable } from '../core/provider.js'
import type { Connections } from '../core/registry/connections.js'
import { createConnectionReader, storedConnection, withEntry, withNewEntry } from './connectionSettings.js'
import { readParameterTemplates, withTemplate } from './parameterTemplates.js'
import { budgetList, readBudgets, type WrittenBudgets } from './policies/budgetSchema.js'
import { type ListSetting, readList } from './policies/listSetting.js'
import {
  type NamedBudgetEntry,
  readWorkspaceBudgets,
  workspaceBudgetList,
} from './policies/workspaceBudgets.js'
import type { SettingProblem } from './settingProblem.js'
import { type SettingRow, settingsTable } from './settingsTable.js'
import { readTightening, readValue, type WorkspaceValues } from './settingValue.js'

const section = 'roundhouse'

/** Only what the user wrote, or the default: a workspace's value is never looked at. */
function readUserValue(key: string): unknown {
  const inspected = vscode.workspace.getConfiguration(section).inspect(key)
  return inspected?.globalValue ?? inspected?.defaultValue
}

async function writeUserValue(key: string, value: unknown): Promise<void> {
  try {
    await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global)
  } catch (cause) {
    const message =
      `The setting ${section}.${key} could not be written; nothing was changed. ` +
      'Make sure your settings.json is writable and has no syntax error, then try again.'
    throw new ModelError({ code: 'not-saved', message, cause })
  }
}

/** The connections of the user's settings; what is wrong with them is logged, too. */
export function createConnections(
  providers: ProviderTable,
  environment: Environment,
  log: Log,
): Connections & Disposable {
  const parse = createConnectionReader(providers, environment)
  const read = () => {
    const result = parse(readUserValue('connections'))
    for (const { path, message } of result.problems) log.warn(`${path}: ${message}`)
    return result
  }
  const changed = createEmitter<void>()
  let known: ReturnType<typeof read> | undefined
  const current = () => (known ??= read())
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(`${section}.connections`)) return
    known = undefined
    changed.fire()
  })
  return {
    list: () => current().connections,
    problems: () => current().problems,
    onDidChange: changed.event,
    async save(connection) {
      const provider = providers.find((candidate) => candidate.id === connection.provider)
      if (provider === undefined) throw new TypeError(`Unknown provider: ${connection.provider}`)
      const entry = storedConnection(connection, provider, environment)
      const value = readUserValue('connections')
      const isKnown = current().connections.some(({ id }) => id === connection.id)
      await writeUserValue(
        'connections',
        isKnown ? withEntry(value, connection.id, entry) : withNewEntry(value, entry),
      )
    },
    async remove(connectionId) {
      await writeUserValue('connections', withEntry(readUserValue('connections'), connectionId, undefined))
    },
    dispose() {
      subscription.dispose()
      changed.dispose()
    },
  }
}

/** What the user wrote of each of these settings, whatever it is; a setting that was not written has no value. */
export function createWrittenSettings(keys: readonly string[]) {
  const changed = createEmitter<void>()
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) changed.fire()
  })
  const read = (key: string): object => {
    const value: unknown = vscode.workspace.getConfiguration().inspect(key)?.globalValue
    return value === undefined ? {} : { value }
  }
  return {
    entries: () => new Map(keys.map((key) => [key, read(key)] as const)),
    onDidChange: changed.event,
    dispose() {
      subscription.dispose()
      changed.dispose()
    },
  }
}

/** A value of the settings as it is now. */
export interface Setting<T> extends Disposable {
  readonly get: () => T
  readonly onDidChange: (listener: () => void) => Disposable
}

/** Reads again only after a change, of the setting or of what else it depends on. */
function watchSetting<T>(key: string, read: () => T, also?: vscode.Event<unknown>): Setting<T> {
  const changed = createEmitter<void>()
  let known: { readonly value: T } | undefined
  const renew = (): void => {
    known = undefined
    changed.fire()
  }
  const subscriptions = [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(key)) renew()
    }),
    ...(also === undefined ? [] : [also(renew)]),
  ]
  return {
    get: () => (known ??= { value: read() }).value,
    onDidChange: changed.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      changed.dispose()
    },
  }
}

const nameOf = (key: string) => key.slice(section.length + 1)

/** The user's value, and those that come with the workspace: its own, and its folders' where it has several. */
function readPlaces(name: string): WorkspaceValues {
  const values = vscode.workspace.getConfiguration(section).inspect(name)
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace
  const folders = workspaceFile === undefined ? [] : workspaceFolders
  return {
    user: values?.globalValue,
    workspace: values?.workspaceValue,
    folders: folders.map(
      ({ uri }) => vscode.workspace.getConfiguration(section, uri).inspect(name)?.workspaceFolderValue,
    ),
  }
}

/** A setting that may be right in part. */
export interface CheckedSetting<T> extends Setting<T> {
  readonly problems: () => readonly SettingProblem[]
}

/** What is wrong is logged, once for each change. */
function watchChecked<T>(
  key: string,
  read: () => { readonly value: T; readonly problems: readonly SettingProblem[] },
  log: Log,
  also?: vscode.Event<unknown>,
): CheckedSetting<T> {
  const readAndTell = () => {
    const checked = read()
    for (const { path, message } of checked.problems) log.warn(`${path} ${message}`)
    return checked
  }
  const setting = watchSetting(key, readAndTell, also)
  return { ...setting, get: () => setting.get().value, problems: () => setting.get().problems }
}

/** A setting of the table. For what is not valid the default is used. */
export function createSetting<T>(row: SettingRow<T>, log: Log): CheckedSetting<T> {
  return watchChecked(row.key, () => readValue(row, readUserValue(nameOf(row.key))), log)
}

/** A switch that a workspace can turn on for itself, but not off. What is no boolean turns it on. */
export function createTightening(row: SettingRow<boolean>, log: Log): CheckedSetting<boolean> {
  const read = () => readTightening(row.key, readPlaces(nameOf(row.key)))
  return watchChecked(row.key, read, log, vscode.workspace.onDidChangeWorkspaceFolders)
}

/** A list of entries, read one by one: those in which something is wrong are left out. */
export function createListSetting<T>(list: ListSetting<T>, log: Log): CheckedSetting<readonly T[]> {
  const read = () => {
    const { entries, problems } = readList(list, readUserValue(nameOf(list.key)))
    return { value: entries, problems }
  }
  return watchChecked(list.key, read, log)
}

/** The user's budgets. */
export function createBudgets(log: Log): CheckedSetting<WrittenBudgets> {
  const { key } = budgetList
  return watchChecked(key, () => readBudgets(readUserValue(nameOf(key))), log)
}

/** What the workspace adds to the user's budgets. */
export function createWorkspaceBudgets(log: Log): CheckedSetting<readonly NamedBudgetEntry[]> {
  const { key } = workspaceBudgetList
  const read = () => readWorkspaceBudgets(readPlaces(nameOf(key)))
  return watchChecked(key, read, log, vscode.workspace.onDidChangeWorkspaceFolders)
}

/** The user's own parameter templates, as they are now. */
export function createParameterTemplates(
  log: Log,
): CheckedSetting<ParameterTemplates> & ParameterTemplateStore {
  const name = 'parameterTemplates'
  const read = () => {
    const { templates, problems } = readParameterTemplates(readUserValue(name))
    return { value: templates, problems }
  }
  return {
    ...watchChecked(`${section}.${name}`, read, log),
    save: async (template, parameters) =>
      writeUserValue(name, withTemplate(readUserValue(name), template, parameters)),
  }
}

/** The user's default model, `connection/id`. */
export interface DefaultModel extends Setting<string | undefined> {
  set(model: string): Promise<void>
}

export function createDefaultModel(log: Log): DefaultModel {
  const setting = createSetting(settingsTable.defaultModel, log)
  return {
    ...setting,
    get: () => setting.get() || undefined,
    set: async (model) => writeUserValue('defaultModel', model),
  }
}
