import * as vscode from 'vscode'
import type { Disposable } from '../../core/ports.js'
import { createActiveModel } from '../views/activeModel.js'
import { createContextKeys } from '../views/contextKeys.js'
import { createModelTree } from '../views/modelTree.js'
import { createRecentModels } from '../views/recentModels.js'
import { createStatusBar } from '../views/statusBar.js'
import { registerCommands } from './registerCommands.js'
import type { CommandHandlers, CommandServices } from './services.js'
import { createHost } from './vscodeHost.js'
import { createUi } from './vscodeUi.js'

/** What the workbench parts need from outside. */
export type WorkbenchOptions = Omit<
  CommandServices,
  'ui' | 'host' | 'activeModel' | 'recentModels' | 'treeFilter'
> & {
  /** Remembered on this machine: recent models, what was set up. */
  readonly memory: vscode.Memento
}

/** The tree, the status bar, the context keys and every command. */
export function createWorkbench(options: WorkbenchOptions): Disposable {
  const { registry, connections, defaultModel, clock, memory, log } = options
  const activeModel = createActiveModel(registry, defaultModel)
  const tree = createModelTree({ registry, connections, defaultModel, clock })
  const services: CommandServices = {
    ...options,
    ui: createUi(),
    host: createHost(memory),
    activeModel,
    recentModels: createRecentModels(memory),
    treeFilter: tree,
  }
  let handlers: Promise<CommandHandlers> | undefined
  const load = () =>
    (handlers ??= import('./handlers.js').then((module) => module.createCommandHandlers(services)))
  return vscode.Disposable.from(
    registerCommands(load, log),
    createStatusBar(activeModel, clock),
    createContextKeys(registry, defaultModel),
    tree,
    activeModel,
  )
}
