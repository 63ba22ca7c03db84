import * as vscode from 'vscode'
import type { Disposable } from '../../core/ports.js'
import { createActiveModel } from '../views/activeModel.js'
import { createContextKeys } from '../views/contextKeys.js'
import { createModelTree } from '../views/modelTree.js'
import { createOpenedRows } from '../views/openedRows.js'
import { createRecentModels } from '../views/recentModels.js'
import { createStatusBar } from '../views/statusBar.js'
import { registerCommands } from './registerCommands.js'
import type { CommandHandlers, CommandServices } from './services.js'

/** What the workbench parts need from outside. */
export type WorkbenchOptions = Omit<
  CommandServices,
  'ui' | 'host' | 'activeModel' | 'recentModels' | 'treeFilter'
> & {
  /** Remembered on this machine: recent models, what was set up. */
  readonly memory: vscode.Memento
}

const extensionId = 'roundhouse.roundhouse'

async function loadHandlers(services: Omit<CommandServices, 'ui' | 'host'>, memory: vscode.Memento) {
  const [{ createCommandHandlers }, { createUi }, { createHost }] = await Promise.all([
    import('./handlers.js'),
    import('./vscodeUi.js'),
    import('./vscodeHost.js'),
  ])
  return createCommandHandlers({ ...services, ui: createUi(), host: createHost(memory) })
}

/** The tree, the status bar, the context keys and every command. */
export function createWorkbench(options: WorkbenchOptions): Disposable {
  const { registry, connections, defaultModel, clock, memory, log } = options
  const activeModel = createActiveModel(registry, defaultModel)
  const tree = createModelTree({
    registry,
    connections,
    activeModel,
    opened: createOpenedRows(memory),
    clock,
  })
  const recentModels = createRecentModels(memory)
  const services = { ...options, activeModel, recentModels, treeFilter: tree }
  let handlers: Promise<CommandHandlers> | undefined
  const load = () => (handlers ??= loadHandlers(services, memory))
  const manifest: unknown = vscode.extensions.getExtension(extensionId)?.packageJSON
  return vscode.Disposable.from(
    registerCommands(manifest, load, log),
    createStatusBar(activeModel, clock),
    createContextKeys(registry, defaultModel),
    tree,
    activeModel,
  )
}
