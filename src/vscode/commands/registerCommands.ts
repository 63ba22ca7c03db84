import * as vscode from 'vscode'
import type { Disposable, Log } from '../../core/ports.js'
import { inertText } from '../views/foreignText.js'
import { parseTarget } from '../views/treeTarget.js'
import { describeError, explainError } from './errors.js'
import type { CommandHandlers } from './services.js'

interface DeclaredCommand {
  readonly command: string
  readonly title: string
}

function isDeclaredCommand(value: unknown): value is DeclaredCommand {
  return (
    typeof value === 'object' &&
    value !== null &&
    'command' in value &&
    typeof value.command === 'string' &&
    'title' in value &&
    typeof value.title === 'string'
  )
}

/** The manifest's commands, which are made from the table: the table itself need not be loaded. */
function declaredCommands(manifest: unknown): readonly DeclaredCommand[] {
  const contributes: unknown = Object(manifest).contributes
  const commands: unknown = Object(contributes).commands
  return Array.isArray(commands) ? commands.filter(isDeclaredCommand) : []
}

async function report(error: unknown, title: string, argument: unknown): Promise<void> {
  const notice = explainError(error, title)
  if (notice === undefined) return
  const labels = notice.actions.map((action) => action.label)
  const chosen = await vscode.window.showErrorMessage(inertText(notice.message), ...labels)
  const action = notice.actions.find((candidate) => candidate.label === chosen)
  if (action === undefined) return
  const target = parseTarget(argument)
  await vscode.commands.executeCommand(action.command, ...(target === undefined ? [] : [target.connection]))
}

/**
 * Registers every command that the manifest declares; the handlers are loaded when the first one runs.
 * An error becomes one sentence with its next step and is logged; a cancelled command ends silently.
 */
export function registerCommands(
  manifest: unknown,
  load: () => Promise<CommandHandlers>,
  log: Log,
): Disposable {
  const registrations = declaredCommands(manifest).map(({ command, title }) =>
    vscode.commands.registerCommand(command, async (argument: unknown) => {
      try {
        const handlers = new Map(Object.entries(await load()))
        await handlers.get(command)?.(argument)
      } catch (error) {
        const what = title.replace('…', '')
        if (explainError(error, what) === undefined) return
        log.error(`${command} failed: ${describeError(error)}`, error)
        await report(error, what, argument)
      }
    }),
  )
  return vscode.Disposable.from(...registrations)
}
