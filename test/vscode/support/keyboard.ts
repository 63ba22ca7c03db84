import { env } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import * as vscode from 'vscode'
import { within } from './connections.js'

/**
 * Enters a connection's key as a user does: by the command and its password box. Waits until the command has tested
 * and stored it, and has told so.
 */
export async function enterKey(connection: { readonly id: string; readonly name: string }, key: string) {
  const entering = startCommand('roundhouse.enterKey', connection.id)
  await Promise.race([type(`Key of ${connection.name}`, key), entering])
  await endNotices('the key is stored', entering)
}

/** Runs a command that ends with a notice; it goes on until the notice is closed. */
export function startCommand(id: string, argument?: string): Promise<unknown> {
  return Promise.resolve(vscode.commands.executeCommand(id, argument))
}

/** Closes notices until the command that shows them has ended. That one is shown is announced by nothing. */
export async function endNotices(what: string, command: Promise<unknown>): Promise<void> {
  const close = async (): Promise<void> => {
    for (let open = true; open; ) {
      await vscode.commands.executeCommand('notifications.clearAll')
      open = await Promise.race([command.then(() => false), wait(50, true)])
    }
  }
  await within(what, close())
}

/** Types into the box with that title and presses Enter. */
export async function type(title: string, text: string): Promise<void> {
  const keyboard = env['ROUNDHOUSE_TEST_KEYBOARD']
  if (keyboard === undefined) {
    // A desktop VS Code pastes where a browser's page must not.
    await vscode.env.clipboard.writeText(text)
    await vscode.commands.executeCommand('editor.action.clipboardPasteAction')
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
    return
  }
  const response = await fetch(keyboard, { method: 'POST', body: JSON.stringify({ title, text }) })
  if (!response.ok) throw new Error(await response.text())
}
