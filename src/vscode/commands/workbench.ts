import * as vscode from 'vscode'
import type { Disposable } from '../../core/ports.js'
import type { Answerers } from '../answerers.js'
import { createActiveModel } from '../views/activeModel.js'
import { createContextKeys } from '../views/contextKeys.js'
import type { Memory } from '../views/memory.js'
import { createModelTree } from '../views/modelTree.js'
import { createOpenedRows } from '../views/openedRows.js'
import { createReportDocuments } from '../views/reportDocuments.js'
import { createStatusBar } from '../views/statusBar.js'
import type { CommandHandlers, CommandServices } from './services.js'

/** What the workbench parts need from outside. */
export type WorkbenchOptions = Omit<
  CommandServices,
  'ui' | 'host' | 'activeModel' | 'treeFilter' | 'reports'
> & {
  /** Remembered on this machine: recent models, what was set up. */
  readonly memory: Memory
  readonly answerers: Pick<Answerers, 'latest' | 'onDidChange'>
}

async function loadHandlers(services: Omit<CommandServices, 'ui' | 'host'>, memory: Memory) {
  const [{ createCommandHandlers }, { createUi }, { createHost }] = await Promise.all([
    import('./handlers.js'),
    import('./vscodeUi.js'),
    import('./vscodeHost.js'),
  ])
  return createCommandHandlers({
    ...services,
    ui: createUi(),
    host: createHost(memory, services.environment),
  })
}

export interface Workbench extends Disposable {
  /** The commands' code is loaded when the first one runs. */
  loadHandlers(): Promise<CommandHandlers>
}

/** The tree, the status bar, the context keys, and what the commands do. */
export function createWorkbench(options: WorkbenchOptions): Workbench {
  const { registry, routed, connections, defaultModel, recentModels } = options
  const { healthRecords, settingProblems, answerers, clock, memory } = options
  const activeModel = createActiveModel({ registry: routed, setting: defaultModel, recentModels })
  const tree = createModelTree({
    routed,
    connections,
    activeModel,
    opened: createOpenedRows(memory),
    healthRecords,
    settingProblems,
    clock,
  })
  const reports = createReportDocuments()
  const services = { ...options, activeModel, reports, treeFilter: tree }
  let handlers: Promise<CommandHandlers> | undefined
  const views = vscode.Disposable.from(
    createStatusBar({ activeModel, answerers, clock }),
    createContextKeys(registry, defaultModel),
    tree,
    activeModel,
    reports,
  )
  return {
    loadHandlers: () => (handlers ??= loadHandlers(services, memory)),
    dispose: () => void views.dispose(),
  }
}
