import * as vscode from 'vscode'
import type { UsedContext } from '../vscode/extensionContext.js'

export const executeCommand = async (command: string, ...args: unknown[]) =>
  await vscode.commands.executeCommand(command, ...args)

/** Every setting that the manifest declares, by its key. */
export function declaredSettings({ extension }: UsedContext): Readonly<Record<string, { default: unknown }>> {
  return extension.packageJSON.contributes.configuration.properties
}

export const loadUi = async () => (await import('../vscode/commands/vscodeUi.js')).createUi()

export const inUse = () => vscode.window.state.focused
