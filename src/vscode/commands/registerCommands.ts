import * as vscode from 'vscode'
import type { Disposable, Log } from '../../core/ports.js'
import { parseTarget } from '../views/treeTarget.js'
import { describeError, explainError } from './errors.js'
import type { CommandHandlers } from './services.js'
import { type CommandRow, commandTable } from './table.js'

async function report(error: unknown, row: CommandRow, argument: unknown): Promise<void> {
  const what = row.title.replace('…', '')
  const notice = explainError(error, what)
  if (notice === undefined) return
  const labels = notice.actions.map((action) => action.label)
  const chosen = await vscode.window.showErrorMessage(notice.message, ...labels)
  const action = notice.actions.find((candidate) => candidate.label === chosen)
  if (action === undefined) return
  const target = parseTarget(argument)
  await vscode.commands.executeCommand(action.command, ...(target === undefined ? [] : [target.connection]))
}

/**
 * Registers every command of the table; the handlers are loaded when the first one runs.
 * An error becomes one sentence with its next step and is logged; a cancelled command ends silently.
 */
export function registerCommands(load: () => Promise<CommandHandlers>, log: Log): Disposable {
  const registrations = commandTable.map((row) =>
    vscode.commands.registerCommand(row.id, async (argument: unknown) => {
      try {
        const handlers = await load()
        await handlers[row.id](argument)
      } catch (error) {
        if (explainError(error, row.title) === undefined) return
        log.error(`${row.id} failed: ${describeError(error)}`, error)
        await report(error, row, argument)
      }
    }),
  )
  return vscode.Disposable.from(...registrations)
}
