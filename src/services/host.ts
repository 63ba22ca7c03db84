import * as vscode from 'vscode'

export const executeCommand = async (command: string, ...args: unknown[]) =>
  await vscode.commands.executeCommand(command, ...args)

export const loadUi = async () => (await import('../vscode/commands/vscodeUi.js')).createUi()

export const inUse = () => vscode.window.state.focused
