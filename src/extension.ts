import * as vscode from 'vscode'
import { createRedactor } from './core/redact.js'
import type { Services } from './services.js'
import { registerCommands } from './vscode/commands/registerCommands.js'
import { createLazyChatProvider } from './vscode/lazyChatProvider.js'
import { createLog, type RedactedLog } from './vscode/log.js'

const vendor = 'roundhouse'

/** VS Code's start waits for activation alone, so everything that can wait is loaded when it has returned. */
function loadServicesSoon(context: vscode.ExtensionContext, redacted: RedactedLog): Promise<Services> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      import('./services.js')
        .then(({ createServices }) => createServices(context, redacted))
        .then(resolve, reject)
    })
  })
}

/** Opens the doors; whoever comes through one waits for the services. */
export function activate(context: vscode.ExtensionContext): void {
  const channel = vscode.window.createOutputChannel('Roundhouse', { log: true })
  const redactor = createRedactor()
  const log = createLog(channel, redactor)
  const services = loadServicesSoon(context, { channel, redactor, log })
  services.catch((error: unknown) => log.error('Roundhouse could not start; reload the window', error))
  const loadHandlers = async () => await (await services).loadHandlers()
  const chatProvider = createLazyChatProvider(services.then((loaded) => loaded.chatProvider))
  context.subscriptions.push(
    channel,
    registerCommands(context.extension.packageJSON, loadHandlers, log),
    vscode.lm.registerLanguageModelChatProvider(vendor, chatProvider),
    chatProvider,
    { dispose: () => void services.then((loaded) => loaded.dispose()).catch(() => {}) },
  )
}
