import * as vscode from 'vscode'
import type { Clock, Disposable } from '../core/ports.js'
import { createFirstListWait } from '../core/registry/firstLists.js'
import type { Registry } from '../core/registry/registry.js'
import { createRetriedLoad } from '../core/retriedLoad.js'
import { describeForHost, type ModelInformation, offersChat } from './modelInformation.js'

/** What the host asks of a model, and how many tokens a text has. */
export interface ChatRequests {
  readonly respond: HostProvider['provideLanguageModelChatResponse']
  readonly count: (
    model: ModelInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
  ) => Promise<number>
}

export interface ChatProviderOptions {
  readonly registry: Registry
  /** Called when the first of them is asked for, and again where it has failed. */
  readonly loadRequests: () => Promise<ChatRequests>
  readonly clock: Clock
  /** Resolves when the lists kept on disk are known. */
  readonly ready: Promise<void>
}

/** What VS Code's own "Add Models" leads to: it asks for models and allows a dialog. */
const manageCommand = 'roundhouse.manageConnections'

/** VS Code asks once for all, and then for each group of its own; ours have no models apart, or each would appear twice. */
function asksForOneGroup(request: object): boolean {
  return Reflect.get(request, 'group') !== undefined
}

export type HostProvider = vscode.LanguageModelChatProvider<ModelInformation>

/** Computes the host's view of the models once for each change of the registry. */
function createInformationCache(registry: Registry): () => ModelInformation[] {
  let from: unknown
  let information: ModelInformation[] = []
  return () => {
    const models = registry.models()
    if (from === models) return information
    from = models
    const views = new Map(registry.views().map((view) => [view.connection.id, view]))
    information = models.filter(offersChat).flatMap((model) => {
      const view = views.get(model.connection) ?? registry.view(model.connection)
      return view === undefined ? [] : [describeForHost(model, view)]
    })
    return information
  }
}

/** The Language Model Chat Provider of the vendor `roundhouse`, over the core's Chat. */
export function createChatProvider(options: ChatProviderOptions): HostProvider & Disposable {
  const { registry } = options
  const requests = createRetriedLoad(options.loadRequests)
  const changed = new vscode.EventEmitter<void>()
  const currentInformation = createInformationCache(registry)
  const awaitFirstLists = createFirstListWait(registry, options.clock)
  let announced = currentInformation()
  const subscription = registry.onDidChange(() => {
    const information = currentInformation()
    if (information === announced) return
    announced = information
    changed.fire()
  })
  return {
    onDidChangeLanguageModelChatInformation: changed.event,
    async provideLanguageModelChatInformation(request) {
      if (asksForOneGroup(request)) return []
      if (!request.silent) void vscode.commands.executeCommand(manageCommand)
      await options.ready
      await awaitFirstLists()
      return currentInformation()
    },
    provideLanguageModelChatResponse: async (...call) => await (await requests()).respond(...call),
    provideTokenCount: (model, text) =>
      requests.now()?.count(model, text) ?? requests().then(({ count }) => count(model, text)),
    dispose() {
      subscription.dispose()
      changed.dispose()
    },
  }
}
