import type * as vscode from 'vscode'
import { providers } from '../providers/index.js'
import { readCallerContext } from '../vscode/callerContext.js'
import { createChatProvider } from '../vscode/chatProvider.js'
import { createWorkbench } from '../vscode/commands/workbench.js'
import type { RedactedLog } from '../vscode/log.js'
import { createDefaultModel } from '../vscode/settings.js'
import type { Foundations } from './foundations.js'
import type { Models } from './models.js'
import { createConfirmCost, type createRequests } from './requests.js'

export interface Behind {
  readonly foundations: Foundations
  readonly models: Models
  readonly requests: ReturnType<typeof createRequests>
  readonly ready: Promise<void>
}

/** What the user works with: Chat, the tree, the status bar and the commands. */
export function createDoors(
  context: vscode.ExtensionContext,
  redacted: RedactedLog,
  { foundations, models, requests, ready }: Behind,
) {
  const { environment, log, clock, engine, ports } = foundations
  const { catalogs, tests, resources: _, secrets: __, ...shown } = models
  const { chat, tokens, routed, policies, templates, loadPipeline } = requests
  const defaultModel = createDefaultModel(log)
  const registry = routed
  const chatProvider = createChatProvider({
    registry,
    chat,
    confirmCost: createConfirmCost(requests, log),
    tokens,
    clock,
    log,
    ready,
    readCallerContext,
  })
  const workbench = createWorkbench({
    ...shown,
    routed,
    providers,
    environment,
    testConnection: (candidate, signal) => tests.run({ ...candidate, ports, catalogs, signal }),
    rememberTest: (connection) => tests.remember(connection),
    inspectModelFile: (file, signal) => engine.inspect(file, signal),
    parameterTemplates: templates,
    loadPipeline,
    timeZone: policies.timeZone,
    keepsAnswers: () => policies.cache().completions,
    defaultModel,
    memory: context.globalState,
    showLog: () => redacted.channel.show(),
    clock,
    log,
  })
  return { chatProvider, workbench, resources: [defaultModel, chatProvider, workbench] }
}
