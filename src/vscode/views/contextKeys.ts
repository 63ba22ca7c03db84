import * as vscode from 'vscode'
import { mayBeProposed } from '../../core/model.js'
import type { Disposable } from '../../core/ports.js'
import type { Registry } from '../../core/registry/registry.js'
import type { DefaultModelSetting } from './activeModel.js'

const utilitySettings = ['chat.utilityModel', 'chat.utilitySmallModel']

interface ContextKey {
  readonly key: string
  readonly read: () => boolean
}

function hasOwnModel(registry: Registry): boolean {
  return registry.views().some(({ state, models }) => state.kind === 'ready' && models.some(mayBeProposed))
}

function utilityModelsAreSet(): boolean {
  const configuration = vscode.workspace.getConfiguration()
  return utilitySettings.some((key) => String(configuration.get(key) ?? '').startsWith('roundhouse/'))
}

/** What the walkthrough ticks off. */
export function createContextKeys(registry: Registry, defaultModel: DefaultModelSetting): Disposable {
  const keys: readonly ContextKey[] = [
    { key: 'roundhouse.hasOwnModel', read: () => hasOwnModel(registry) },
    { key: 'roundhouse.hasDefaultModel', read: () => defaultModel.get() !== undefined },
    { key: 'roundhouse.utilityModelsSet', read: utilityModelsAreSet },
  ]
  const last = new Map<string, boolean>()
  const update = (): void => {
    for (const { key, read } of keys) {
      const value = read()
      if (last.get(key) === value) continue
      last.set(key, value)
      void vscode.commands.executeCommand('setContext', key, value)
    }
  }
  const subscriptions = [
    registry.onDidChange(update),
    defaultModel.onDidChange(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (utilitySettings.some((key) => event.affectsConfiguration(key))) update()
    }),
  ]
  update()
  return { dispose: () => vscode.Disposable.from(...subscriptions).dispose() }
}
