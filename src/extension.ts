import * as vscode from 'vscode'
import type { RoundhouseExports } from './api.js'
import type { Clock } from './core/ports.js'
import { createRedactor } from './core/redact.js'
import { createClock } from './platform/clock.js'
import type { Services, ServicesOptions } from './services/createServices.js'
import { registerCommands } from './vscode/commands/registerCommands.js'
import type { UsedContext } from './vscode/extensionContext.js'
import { createLazyChatProvider } from './vscode/lazyChatProvider.js'
import { createLog } from './vscode/log.js'

const vendor = 'roundhouse'

/** VS Code's start waits for activation alone, so everything that can wait is loaded when it has returned. */
function loadServicesSoon(context: UsedContext, options: ServicesOptions): Promise<Services> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      import('./services/createServices.js')
        .then(({ createServices }) => createServices(context, options))
        .then(resolve, reject)
    })
  })
}

interface Doors {
  readonly exports: RoundhouseExports
  close(): Promise<void>
}

/** Opens the doors, whoever comes through one waits for the services; closes them when all is told. */
function openDoors(context: UsedContext, clock: Clock): Doors {
  const channel = vscode.window.createOutputChannel('Roundhouse', { log: true })
  const redactor = createRedactor()
  const log = createLog(channel, redactor)
  const services = loadServicesSoon(context, { redacted: { channel, redactor, log }, clock })
  services.catch((error: unknown) => log.error('Roundhouse could not start; reload the window', error))
  const loadHandlers = async () => await (await services).loadHandlers()
  const chatProvider = createLazyChatProvider(services.then((loaded) => loaded.chatProvider))
  context.subscriptions.push(
    registerCommands(context.extension.packageJSON, loadHandlers, log),
    vscode.lm.registerLanguageModelChatProvider(vendor, chatProvider),
    chatProvider,
  )
  return {
    exports: { getApi: async (...call) => await (await services).getApi(...call) },
    async close() {
      // What could not start has nothing to close.
      await services
        .then((loaded) => loaded.close())
        .catch((error: unknown) => log.error('Closing failed', error))
      channel.dispose()
    },
  }
}

/** The clock is a port, so that a test can let hours pass. */
export function createExtension(clock: Clock = createClock()) {
  let close = async (): Promise<void> => {}
  return {
    activate: (context: UsedContext): RoundhouseExports => {
      const doors = openDoors(context, clock)
      close = async () => await doors.close()
      return doors.exports
    },
    deactivate: async (): Promise<void> => await close(),
  }
}

export const { activate, deactivate } = createExtension()
