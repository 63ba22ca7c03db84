import * as vscode from 'vscode'
import { createEmitter } from '../core/event.js'
import type { ParameterTemplateStore, ParameterTemplates } from '../core/parameters/templates.js'
import type { Disposable, Environment, Log } from '../core/ports.js'
import type { ProviderTable } from '../core/provider.js'
import type { Connections } from '../core/registry/connections.js'
import type { RouteSetting } from '../core/routing/routes.js'
import { defaultConnections } from './defaultConnections.js'
import type { AlertEntry } from './policies/alertSchema.js'
import { budgetsKey, workspaceBudgetsKey } from './policies/budgetKeys.js'
import type { WrittenBudgets } from './policies/budgetSchema.js'
import type { NamedBudgetEntry } from './policies/workspaceBudgets.js'
import { readPlaces, readTightening, readUserValue } from './settingPlaces.js'
import type { ReadSetting, SettingProblem } from './settingProblem.js'
import type { SettingReaders } from './settingReaders.js'
import type { SettingSource } from './settingSource.js'
import { type SettingName, type SettingRow, type SettingValues, settingsTable } from './settingsTable.js'

const section = 'roundhouse'

/** The connections of the user's settings; what is wrong with them is logged, too. */
export function createConnections(
  providers: ProviderTable,
  environment: Environment,
  { source, log }: ReadOptions,
): Connections & Disposable {
  const key = 'roundhouse.connections'
  let parse: ReturnType<SettingReaders['connections']> | undefined
  const read = () => {
    parse ??= source.readers()?.connections(providers, environment)
    if (parse === undefined) return { connections: defaultConnections, problems: [] }
    const result = parse(readUserValue(key))
    for (const { path, message } of result.problems) log.warn(`${path}: ${message}`)
    return result
  }
  const changed = createEmitter<void>()
  let known: ReturnType<typeof read> | undefined
  const current = () => (known ??= read())
  const subscription = source.onDidChange((event) => {
    if (!event.affectsConfiguration(key)) return
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
      const { storedConnection, withEntry, withNewEntry } = await import('./storedConnection.js')
      const entry = storedConnection(connection, provider, environment)
      const isKnown = () => current().connections.some(({ id }) => id === connection.id)
      await source.write(key, (value) =>
        isKnown() ? withEntry(value, connection.id, entry) : withNewEntry(value, entry),
      )
    },
    async remove(connectionId) {
      const { withEntry } = await import('./storedConnection.js')
      await source.write(key, (value) => withEntry(value, connectionId, undefined))
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

export interface ReadOptions {
  readonly source: SettingSource
  readonly log: Log
}

/** A value of the settings as it is now. */
export interface Setting<T> extends Disposable {
  readonly get: () => T
  readonly onDidChange: (listener: () => void) => Disposable
}

/** A setting that may be right in part. */
export interface CheckedSetting<T> extends Setting<T> {
  readonly problems: () => readonly SettingProblem[]
}

/** Where changes are told of. */
type Changes = Pick<SettingSource, 'onDidChange'> & Partial<Pick<SettingSource, 'onDidChangeFolders'>>

/** Reads again only after a change, of the setting or of the workspace; what is wrong is logged, once for each. */
function watchSetting<T>(
  key: string,
  read: () => ReadSetting<T>,
  { onDidChange, onDidChangeFolders }: Changes,
  log: Log,
): CheckedSetting<T> {
  const changed = createEmitter<void>()
  let known: ReadSetting<T> | undefined
  const renew = (): void => {
    known = undefined
    changed.fire()
  }
  const readAndTell = () => {
    const checked = read()
    for (const { path, message } of checked.problems) log.warn(`${path} ${message}`)
    return checked
  }
  const current = () => (known ??= readAndTell())
  const subscriptions = [
    onDidChange((event) => {
      if (event.affectsConfiguration(key)) renew()
    }),
    ...(onDidChangeFolders === undefined ? [] : [onDidChangeFolders(renew)]),
  ]
  return {
    get: () => current().value,
    problems: () => current().problems,
    onDidChange: changed.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      changed.dispose()
    },
  }
}

interface Row<T> {
  readonly key: `roundhouse.${string}`
  readonly default: T
}

/** A setting that has its default as long as nothing is written. */
function createRead<T>(
  row: Row<T>,
  { source, log }: ReadOptions,
  read: (readers: SettingReaders) => ReadSetting<T>,
): CheckedSetting<T> {
  const readWritten = () => {
    const readers = source.readers()
    return readers === undefined ? { value: row.default, problems: [] } : read(readers)
  }
  return watchSetting(row.key, readWritten, { onDidChange: source.onDidChange }, log)
}

/** A setting of the table. For what is not valid the default is used. */
export function createSetting<Name extends SettingName>(
  row: SettingRow<Name>,
  options: ReadOptions,
): CheckedSetting<SettingValues[Name]> {
  return createRead<SettingValues[Name]>(row, options, ({ value }) => value(row, readUserValue(row.key)))
}

/** A switch that a workspace can turn on for itself, but not off. What is no boolean turns it on. */
export function createTightening({ key }: Row<boolean>, log: Log): CheckedSetting<boolean> {
  const { onDidChangeConfiguration: onDidChange, onDidChangeWorkspaceFolders } = vscode.workspace
  const onDidChangeFolders = (listener: () => void) => onDidChangeWorkspaceFolders(() => listener())
  return watchSetting(
    key,
    () => readTightening(key, readPlaces(key)),
    { onDidChange, onDidChangeFolders },
    log,
  )
}

const noEntries: readonly never[] = []

export function createRoutes(options: ReadOptions): CheckedSetting<readonly RouteSetting[]> {
  const key = 'roundhouse.routes'
  return createRead({ key, default: noEntries }, options, ({ routes }) => routes(readUserValue(key)))
}

export function createAlertRules(options: ReadOptions): CheckedSetting<readonly AlertEntry[]> {
  const key = 'roundhouse.alerts.rules'
  return createRead({ key, default: noEntries }, options, ({ alertRules }) => alertRules(readUserValue(key)))
}

/** The user's budgets. */
export function createBudgets(options: ReadOptions): CheckedSetting<WrittenBudgets> {
  const key = budgetsKey
  const none: WrittenBudgets = { entries: noEntries }
  return createRead({ key, default: none }, options, ({ budgets }) => budgets(readUserValue(key)))
}

/** What the workspace adds to the user's budgets. */
export function createWorkspaceBudgets({
  source,
  log,
}: ReadOptions): CheckedSetting<readonly NamedBudgetEntry[]> {
  const key = workspaceBudgetsKey
  const read = () => source.readers()?.workspaceBudgets(readPlaces(key)) ?? { value: noEntries, problems: [] }
  return watchSetting(key, read, source, log)
}

/** The user's own parameter templates, as they are now. */
export function createParameterTemplates(
  options: ReadOptions,
): CheckedSetting<ParameterTemplates> & ParameterTemplateStore {
  const key = 'roundhouse.parameterTemplates'
  const none: ParameterTemplates = {}
  return {
    ...createRead({ key, default: none }, options, ({ parameterTemplates }) =>
      parameterTemplates(readUserValue(key)),
    ),
    save: async (template, parameters) =>
      await options.source.write(key, (value, { withTemplate }) => withTemplate(value, template, parameters)),
  }
}

/** The user's default model, `connection/id`. */
export interface DefaultModel extends Setting<string | undefined> {
  set(model: string): Promise<void>
}

export function createDefaultModel(options: ReadOptions): DefaultModel {
  const setting = createSetting(settingsTable.defaultModel, options)
  return {
    ...setting,
    get: () => setting.get() || undefined,
    set: async (model) => await options.source.write(settingsTable.defaultModel.key, () => model),
  }
}
