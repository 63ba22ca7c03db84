import { formatModelRef } from '../core/model.js'
import { createLateResource } from '../core/retriedLoad.js'
import { providers } from '../providers/index.js'
import { type Answerers, createAnswerers } from '../vscode/answerers.js'
import { readCallerContext } from '../vscode/callerContext.js'
import { createChatProvider } from '../vscode/chatProvider.js'
import { createWorkbench } from '../vscode/commands/workbench.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { RedactedLog } from '../vscode/log.js'
import { createPlaceQuestion } from '../vscode/placeQuestion.js'
import { joinProblems } from '../vscode/settingProblem.js'
import { createDefaultModel } from '../vscode/settings.js'
import { createRecentModels, type RecentModels } from '../vscode/views/recentModels.js'
import type { Foundations } from './foundations.js'
import { loadUi } from './host.js'
import type { Models } from './models.js'
import type { createRequests } from './requests.js'

export interface Behind {
  readonly foundations: Foundations
  readonly models: Models
  readonly requests: ReturnType<typeof createRequests>
  readonly ready: Promise<void>
}

interface Remembered {
  readonly memory: UsedContext['globalState']
  readonly recentModels: RecentModels
  readonly answerers: Answerers
}

function createRemembered(
  context: UsedContext,
  { policies, routed, onDidAttempt }: Behind['requests'],
): Remembered {
  const memory = context.globalState
  const recentModels = createRecentModels(memory)
  return {
    memory,
    recentModels,
    answerers: createAnswerers({ showModel: policies.showModel, registry: routed, onDidAttempt }),
  }
}

/** The door of VS Code's own chat, and of other extensions. */
function createChatDoor(
  { foundations, requests, ready }: Behind,
  { memory, recentModels, answerers }: Remembered,
) {
  const { engine, clock, log } = foundations
  const { chat, loadPlain, notices, failures, routed: registry } = requests
  const tokenizers = createLateResource(async () => {
    const [{ createLoadedTokenizers }, { tokens }] = await Promise.all([
      import('../core/tokens/loadedTokenizers.js'),
      loadPlain(),
    ])
    return createLoadedTokenizers({ registry, engine, tokens, clock })
  })
  const loadRequests = async () => {
    const [{ createChatRequests }, { createConfirmCost }, { tokens }] = await Promise.all([
      import('../vscode/chatRequests.js'),
      import('./confirmCost.js'),
      loadPlain(),
    ])
    return createChatRequests({
      chat,
      confirmCost: createConfirmCost(memory, requests, log),
      tokens,
      tokenizers: await tokenizers(),
      clock,
      log,
      onLimited: (limit) => notices.limited(limit),
      onFailed: (error) => failures.show(error),
      readCallerContext,
      onAnswered(answered) {
        void recentModels.add(formatModelRef(answered.request.model))
        return answerers.note(answered)
      },
    })
  }
  const chatProvider = createChatProvider({ registry, loadRequests, clock, ready })
  return { chatProvider, resources: [tokenizers, chatProvider] }
}

/** What the user works with: Chat, the tree, the status bar and the commands. */
export function createDoors(context: UsedContext, redacted: RedactedLog, behind: Behind) {
  const { foundations, models, requests } = behind
  const { environment, log, clock, engine, ports, settings } = foundations
  const { catalogs, tests, resources: _, secrets: __, ...shown } = models
  const { routed, policies, templates, loadPipeline } = requests
  const defaultModel = createDefaultModel({ source: settings, log })
  const remembered = createRemembered(context, requests)
  const { chatProvider, resources } = createChatDoor(behind, remembered)
  const workbench = createWorkbench({
    ...shown,
    routed,
    providers,
    environment,
    testConnection: (candidate, signal) => tests.run({ ...candidate, ports, catalogs, signal }),
    rememberTest: (connection) => tests.remember(connection),
    inspectModelFile: (file, signal) => engine.inspect(file, signal),
    parameterTemplates: templates,
    settingProblems: joinProblems([...policies.checked, templates]),
    loadPipeline,
    readCallerContext,
    timeZone: policies.timeZone,
    keepsAnswers: () => policies.cache().completions,
    defaultModel,
    ...remembered,
    showLog: () => redacted.channel.show(),
    clock,
    log,
  })
  const { memory, recentModels, answerers } = remembered
  const place = createPlaceQuestion({ connections: models.connections, providers, loadUi, memory, log })
  place.start()
  const owned = [defaultModel, ...resources, workbench, place, recentModels, answerers]
  return { chatProvider, workbench, resources: owned }
}
