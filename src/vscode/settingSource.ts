import * as vscode from 'vscode'
import { ModelError } from '../core/errors.js'
import { createEmitter, type Event } from '../core/event.js'
import type { Disposable, Log } from '../core/ports.js'
import { createRetriedLoad } from '../core/retriedLoad.js'
import { readPlaces, readUserValue } from './settingPlaces.js'
import type { SettingReaders } from './settingReaders.js'
import { settingsTable } from './settingsTable.js'

/** The settings, and what reads those that are written. */
export interface SettingSource extends Disposable {
  /** Undefined while every setting has its default. */
  readonly readers: () => SettingReaders | undefined
  /** Fires when a change can be read. */
  readonly onDidChange: Event<vscode.ConfigurationChangeEvent>
  /** The same for a change of the workspace's folders. */
  readonly onDidChangeFolders: Event<void>
  /** Changes the user's setting. Throws ModelError `not-saved`. */
  write(key: string, change: (value: unknown, readers: SettingReaders) => unknown): Promise<void>
}

export interface SettingSourceOptions {
  /** The settings that the manifest declares, by their keys. */
  readonly declared: Readonly<Record<string, { readonly default: unknown }>>
  /** Called when the first setting is written. */
  readonly load: () => Promise<SettingReaders>
  readonly log: Log
}

/** A switch is read without any schema, so that it holds at once. */
const readWithoutSchema = settingsTable.localOnly.key

function isWritten(key: string, declared: { readonly default: unknown }): boolean {
  if (key === readWithoutSchema) return false
  const { workspace, folders } = readPlaces(key)
  if ([workspace, ...folders].some((value) => value !== undefined)) return true
  return JSON.stringify(readUserValue(key)) !== JSON.stringify(declared.default)
}

/** Calls in their order, each when the settings can be read. */
function createGate({ declared, load, log }: SettingSourceOptions) {
  const isAnyWritten = () => Object.entries(declared).some(([key, row]) => isWritten(key, row))
  const waiting: (() => void)[] = []
  let readers: SettingReaders | undefined
  const loadReaders = createRetriedLoad(load)
  const open = async (): Promise<SettingReaders> => (readers = await loadReaders())
  let isOpening = false
  async function openAndCall(): Promise<void> {
    if (isOpening) return
    isOpening = true
    try {
      await open()
    } catch (error) {
      // Those that wait are told with the next change, which tries again.
      log.error('Settings cannot be read; reload the window', error)
      return
    } finally {
      isOpening = false
    }
    for (const call of waiting.splice(0)) call()
  }
  return {
    readers: () => readers,
    isAnyWritten,
    open,
    pass(call: () => void): void {
      const isOpen = readers !== undefined || !isAnyWritten()
      if (isOpen && waiting.length === 0) return call()
      waiting.push(call)
      void openAndCall()
    },
  }
}

async function updateUserValue(key: string, value: unknown): Promise<void> {
  try {
    await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global)
  } catch (cause) {
    const message =
      `The setting ${key} could not be written; nothing was changed. ` +
      'Make sure your settings.json is writable and has no syntax error, then try again.'
    throw new ModelError({ code: 'not-saved', message, cause })
  }
}

/** Resolves when the settings can be read as they are. */
export async function openSettings(options: SettingSourceOptions): Promise<SettingSource> {
  const gate = createGate(options)
  const changed = createEmitter<vscode.ConfigurationChangeEvent>()
  const foldersChanged = createEmitter<void>()
  if (gate.isAnyWritten()) await gate.open()
  const subscriptions = [
    vscode.workspace.onDidChangeConfiguration((event) => gate.pass(() => changed.fire(event))),
    vscode.workspace.onDidChangeWorkspaceFolders(() => gate.pass(() => foldersChanged.fire())),
  ]
  return {
    readers: gate.readers,
    onDidChange: changed.event,
    onDidChangeFolders: foldersChanged.event,
    async write(key, change) {
      const readers = await gate.open()
      await updateUserValue(key, change(readUserValue(key), readers))
    },
    dispose() {
      for (const owned of [...subscriptions, changed, foldersChanged]) owned.dispose()
    },
  }
}
